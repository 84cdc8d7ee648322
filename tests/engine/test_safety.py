"""The safety stage: what is forbidden is blocked, what is not known is held, what is only watched is proposed."""

from engine.conditions import Name
from engine.evaluator import evaluate, plan_json
from engine.facts import CodeSet, CodeSpec
from engine.formulary import Brand, Class, Interaction, Part, SafetyCondition
from tests.engine.builders import (
    HERE,
    action,
    adult,
    both,
    case,
    fact,
    formulary,
    medicine,
    program,
    protocol,
    regimen,
    rule,
    yes_no,
)

FACTS = yes_no("indicated", "pregnant", "kidney", "other", "gate")
CLASSES = {
    "penicillins": Class("penicillins", both("penicillins"), ("beta_lactams",), cross_allergy=True),
    "beta_lactams": Class("beta_lactams", both("beta_lactams")),
    "antibiotics": Class("antibiotics", both("antibiotics")),
}


def when(name, severity, **more):
    return SafetyCondition(fact(name), severity, both(f"{name} matters"), **more)


def amoxicillin(*safety, **more):
    return medicine("amoxicillin", "penicillins", "antibiotics", safety=safety, **more)


def plan_of(known, drug, *others, interactions=(), regimens=(), actions=(), rules=()):
    given = action(
        f"rx:{drug.code}", medicine=drug.code, dose="1 g", frequency="twice daily", alternatives=("rx:other",)
    )
    drugs = formulary(
        [drug, *others], classes=CLASSES, regimens=regimens, interactions=interactions,
        brands=[Brand("augmentine", ("amoxicillin", "clavulanate"))],
    )  # fmt: skip
    own = rule("gives", fact("indicated"), *(actions or (given,)), exclude=fact("gate"))
    return evaluate(program(FACTS, protocol("p", own, *rules), drugs=drugs), known)


def ill(**more):
    return adult(**{"indicated": True, "gate": False, **more})


def states(plan):
    return {item.code: item.state for item in plan.items}


def test_a_true_contraindication_blocks_with_its_reason_and_the_alternatives():
    plan = plan_of(
        ill(pregnant=True), amoxicillin(when("pregnant", "contraindicated", add=("alert:pregnancy",), ask=("week",)))
    )
    item = next(each for each in plan.items if each.kind == "rx")
    assert (item.state, item.alternatives) == ("blocked", ("rx:other",))
    assert item.safety[0].because["en"] == "pregnant matters"
    assert states(plan)["alert:pregnancy"] == "proposed"
    assert "week" in plan.ask


def test_an_unknown_contraindication_holds_and_asks():
    plan = plan_of(ill(), amoxicillin(when("pregnant", "contraindicated")))
    assert (states(plan), plan.items[0].waiting_for, plan.ask) == (
        {"rx:amoxicillin": "held"},
        ("pregnant",),
        ("pregnant",),
    )


def test_a_contraindication_known_to_be_absent_is_clear():
    plan = plan_of(ill(pregnant=False), amoxicillin(when("pregnant", "contraindicated")))
    assert (states(plan), plan.items[0].safety) == ({"rx:amoxicillin": "proposed"}, ())


def test_adjust_gives_the_stated_dose_with_its_alert_and_is_held_while_unknown():
    drug = amoxicillin(when("kidney", "adjust", dose="500 mg", add=("alert:renal_impairment",)))
    plan = plan_of(ill(kidney=True), drug)
    item = next(each for each in plan.items if each.kind == "rx")
    assert (item.state, item.doses[0].dose, item.doses[0].daily) == ("proposed", "500 mg", "1000")
    assert states(plan)["alert:renal_impairment"] == "proposed"
    assert states(plan_of(ill(), drug)) == {"rx:amoxicillin": "held"}


def test_monitor_is_proposed_with_what_to_watch_and_asked_while_unknown():
    drug = amoxicillin(when("other", "monitor", add=("test:ecg",)))
    assert states(plan_of(ill(other=True), drug)) == {"rx:amoxicillin": "proposed", "test:ecg": "proposed"}
    plan = plan_of(ill(), drug)
    assert (states(plan), plan.ask) == ({"rx:amoxicillin": "proposed"}, ("other",))


def test_what_a_held_rule_brings_is_held_with_it():
    drug = amoxicillin(when("other", "monitor", add=("test:ecg",)))
    plan = plan_of(ill(gate=None, other=True), drug)
    assert states(plan) == {"rx:amoxicillin": "held", "test:ecg": "held"}
    assert {item.waiting_for for item in plan.items} == {("gate",)}


def test_an_allergy_counts_by_ingredient_class_brand_and_crossed_class():
    ampicillin = medicine("ampicillin", "penicillins")
    clavulanate = medicine("clavulanate")
    for allergic in ("amoxicillin", "penicillins", "beta_lactams", "augmentine", "ampicillin"):
        plan = plan_of(ill(allergy=[allergic]), amoxicillin(), ampicillin, clavulanate)
        assert states(plan) == {"rx:amoxicillin": "blocked"}, allergic
    for harmless in ([], ["clavulanate"], ["latex"]):
        plan = plan_of(ill(allergy=harmless), amoxicillin(), ampicillin, clavulanate)
        assert states(plan) == {"rx:amoxicillin": "proposed"}, harmless


def test_allergies_not_asked_or_not_understood_hold_the_medicine():
    assert plan_of(ill(allergy=None), amoxicillin()).items[0].waiting_for == ("allergy",)
    unread = CodeSet(frozenset({"latex"}), HERE, complete=False)
    assert states(plan_of(ill(allergy=unread), amoxicillin())) == {"rx:amoxicillin": "held"}


WARFARIN = medicine("warfarin", "anticoagulants")


def meets(severity, **more):
    return Interaction(("antibiotics", "anticoagulants"), severity, both("they meet"), **more)


def test_an_interaction_with_a_current_medicine_by_class_and_brand():
    for severity, state in (("contraindicated", "blocked"), ("adjust", "proposed"), ("monitor", "proposed")):
        found = meets(severity, add=("test:inr",), ask=("last_inr",))
        plan = plan_of(ill(medication=["warfarin"]), amoxicillin(), WARFARIN, interactions=[found])
        assert states(plan) == {"rx:amoxicillin": state, "test:inr": "proposed"}
        assert "last_inr" in plan.ask
    clear = plan_of(ill(medication=["augmentine"]), amoxicillin(), WARFARIN, interactions=[meets("contraindicated")])
    assert states(clear) == {"rx:amoxicillin": "proposed"}


def test_medicines_not_asked_hold_what_could_interact_and_nothing_else():
    plan = plan_of(ill(medication=None), amoxicillin(), WARFARIN, interactions=[meets("adjust")])
    assert (states(plan), plan.ask) == ({"rx:amoxicillin": "held"}, ("medication",))
    plan = plan_of(ill(medication=None), amoxicillin(), WARFARIN, interactions=[meets("monitor")])
    assert (states(plan), plan.ask) == ({"rx:amoxicillin": "proposed"}, ("medication",))
    assert states(plan_of(ill(medication=None), amoxicillin())) == {"rx:amoxicillin": "proposed"}


def test_two_items_of_the_plan_that_must_not_meet_are_both_held_and_shown():
    also = rule("also", fact("other"), action("rx:warfarin", medicine="warfarin", dose="5 mg", frequency="once daily"))
    plan = plan_of(ill(other=True), amoxicillin(), WARFARIN, interactions=[meets("contraindicated")], rules=[also])
    assert states(plan) == {"rx:amoxicillin": "held", "rx:warfarin": "held"}
    assert {item.code: item.conflicts for item in plan.items} == {
        "rx:amoxicillin": ("interaction:rx:warfarin",),
        "rx:warfarin": ("interaction:rx:amoxicillin",),
    }
    watched = plan_of(
        ill(other=True), amoxicillin(), WARFARIN, interactions=[meets("monitor", add=("test:inr",))], rules=[also]
    )
    assert set(states(watched).values()) == {"proposed"}
    assert "test:inr" in states(watched)


def test_a_regimen_may_mean_its_own_combination():
    parts = (Part("amoxicillin", "1 g", "twice daily"), Part("warfarin", "5 mg", "once daily"))
    combined = regimen("combined", *parts)
    given = (action("rx:combined", regimen="combined"),)
    meant = meets("contraindicated", intended_in=("combined",))
    plan = plan_of(ill(), amoxicillin(), WARFARIN, interactions=[meant], regimens=[combined], actions=given)
    assert (states(plan), plan.items[0].drugs) == ({"rx:combined": "proposed"}, ("amoxicillin", "warfarin"))
    assert plan.items[0].classes == ("antibiotics", "anticoagulants", "beta_lactams", "penicillins")
    slip = plan_of(
        ill(), amoxicillin(), WARFARIN, interactions=[meets("contraindicated")], regimens=[combined], actions=given
    )
    assert states(slip) == {"rx:combined": "blocked"}


def test_a_regimen_has_conditions_of_its_own():
    fragile = regimen("fragile", Part("amoxicillin", "1 g", "twice daily"), safety=[when("kidney", "contraindicated")])
    given = (action("rx:fragile", regimen="fragile"),)
    assert states(plan_of(ill(kidney=True), amoxicillin(), regimens=[fragile], actions=given)) == {
        "rx:fragile": "blocked"
    }
    assert states(plan_of(ill(), amoxicillin(), regimens=[fragile], actions=given)) == {"rx:fragile": "held"}


def test_a_safety_condition_may_rest_on_a_definition_of_a_protocol():
    drug = medicine("drug", safety=[SafetyCondition(Name("p.risk", "definition"), "contraindicated", both("risk"))])
    give = rule("r", fact("indicated"), action("rx:drug", medicine="drug", dose="1 mg", frequency="once daily"))
    compiled = program(FACTS, protocol("p", give, define={"risk": fact("kidney")}), drugs=formulary([drug]))
    assert states(evaluate(compiled, ill(kidney=True))) == {"rx:drug": "blocked"}
    assert states(evaluate(compiled, ill(kidney=False))) == {"rx:drug": "proposed"}


# --- sums


def omeprazole(known, *rules):
    drugs = formulary([medicine("omeprazole", "ppis", maximum="80 mg"), medicine("pantoprazole", "ppis")],
                      brands=[Brand("losec", ("omeprazole",))])  # fmt: skip
    return evaluate(program(FACTS, protocol("p", *rules), drugs=drugs, codes=[CODE]), known)


def gives(name, dose, frequency="once daily", code="rx:omeprazole", condition="indicated"):
    return rule(name, fact(condition), action(code, medicine="omeprazole", dose=dose, frequency=frequency))


CODE = CodeSpec("diet:no_milk", both("no milk"), opposed=("diet:milk", "drug:pantoprazole"))


def test_the_same_item_takes_the_higher_dose():
    plan = omeprazole(ill(other=True), gives("low", "20 mg"), gives("high", "20 mg", "twice daily", condition="other"))
    assert [(dose.frequency, dose.daily, dose.unit) for dose in plan.items[0].doses] == [("twice daily", "40", "mg")]
    assert [reason.rule for reason in plan.items[0].reasons] == ["high", "low"]


def test_an_ingredient_stands_in_one_item_only_and_both_say_so():
    plan = omeprazole(ill(), gives("low", "20 mg"), gives("high", "40 mg", code="rx:ppi_high"))
    high, low = sorted(plan.items, key=lambda item: item.code != "rx:ppi_high")
    assert (low.doses, [dose.dose for dose in high.doses]) == ((), ["40 mg"])
    assert low.conflicts == ("same_ingredient:omeprazole:rx:ppi_high",)
    assert high.conflicts == ("same_ingredient:omeprazole:rx:omeprazole",)


def test_doses_are_summed_with_what_is_already_taken():
    safe = omeprazole(ill(medication={"omeprazole": "40 mg daily"}), gives("r", "40 mg"))
    assert (safe.items[0].state, safe.items[0].conflicts) == ("proposed", ("already_taken:omeprazole",))
    over = omeprazole(ill(medication={"omeprazole": "41 mg daily"}), gives("r", "40 mg")).items[0]
    assert (over.state, over.waiting_for) == ("held", ())
    assert "above_maximum:omeprazole:81 mg > 80 mg" in over.conflicts
    alone = omeprazole(ill(), gives("r", "40 mg", "three times daily")).items[0]
    assert alone.state == "blocked"


def test_an_unknown_current_dose_holds_the_item():
    for taken in ({"omeprazole": "20 mg"}, {"omeprazole": "some"}, ["losec"]):
        item = omeprazole(ill(medication=taken), gives("r", "20 mg")).items[0]
        assert (item.state, item.waiting_for) == ("held", ("omeprazole_daily_dose",)), taken
    item = omeprazole(ill(medication=None), gives("r", "20 mg")).items[0]
    assert (item.state, item.waiting_for) == ("held", ("medication",))


def test_another_medicine_of_the_class_is_shown_and_decides_nothing():
    item = omeprazole(ill(medication=["pantoprazole"]), gives("r", "20 mg")).items[0]
    assert (item.state, item.conflicts) == ("proposed", ("duplicate_class:ppis:pantoprazole",))


def test_opposed_items_are_shown_on_both_sides_whatever_their_order():
    rules = (rule("one", fact("indicated"), "diet:no_milk"), rule("two", fact("other"), "diet:milk"))
    for order in (rules, rules[::-1]):
        plan = omeprazole(ill(other=True, medication=["pantoprazole"]), *order)
        found = {item.code: item.conflicts for item in plan.items}
        assert found == {
            "diet:milk": ("opposed:diet:no_milk",),
            "diet:no_milk": ("opposed:diet:milk", "opposed:drug:pantoprazole"),
        }
    assert omeprazole(ill(other=False), *rules).items[0].conflicts == ()


def test_the_plan_as_json_says_what_blocks_and_what_holds():
    plan = plan_json(plan_of(ill(), amoxicillin(when("pregnant", "contraindicated", source="smpc"))))
    assert plan["items"][0]["safety"] == [
        {
            "subject": "amoxicillin", "severity": "contraindicated", "truth": None, "because": both("pregnant matters"),
            "facts": ["pregnant"], "source": "smpc",
        }
    ]  # fmt: skip
    assert plan["items"][0]["waiting_for"] == ["pregnant"]


def test_under_18_nothing_is_dosed_whatever_else_is_known():
    assert plan_of(case(age=17, indicated=True, gate=False, allergy=[], medication=[]), amoxicillin()).items == ()


def test_an_alert_names_the_items_that_come_with_it_and_answer_it():
    """So the page of the doctor does not ask twice for what is in the plan already."""
    both_ways = SafetyCondition(fact("pregnant"), "monitor", both("watch"), add=("alert:watch", "test:level"))
    alone = SafetyCondition(fact("pregnant"), "monitor", both("watch too"), add=("alert:watch",))
    for conditions, wanted in (([both_ways], ("test:level",)), ([both_ways, alone], ())):
        drugs = formulary([medicine("omeprazole", safety=conditions)])
        gives = action("rx:omeprazole", medicine="omeprazole", dose="20 mg", frequency="once daily")
        plan = evaluate(
            program(yes_no("reflux", "pregnant"), protocol("p", rule("gives", fact("reflux"), gives)), drugs=drugs),
            adult(reflux=True, pregnant=True),
        )
        items = {item.code: item for item in plan.items}
        assert items["alert:watch"].answered_by == wanted
        assert items["test:level"].answered_by == ()


def test_an_alert_that_a_rule_gives_itself_is_answered_by_nothing():
    condition = SafetyCondition(fact("pregnant"), "monitor", both("watch"), add=("alert:watch", "test:level"))
    gives = action("rx:omeprazole", medicine="omeprazole", dose="20 mg", frequency="once daily")
    plan = evaluate(
        program(
            yes_no("reflux", "pregnant"),
            protocol("p", rule("gives", fact("reflux"), gives), rule("warns", fact("reflux"), "alert:watch")),
            drugs=formulary([medicine("omeprazole", safety=[condition])]),
        ),
        adult(reflux=True, pregnant=True),
    )
    assert next(item for item in plan.items if item.code == "alert:watch").answered_by == ()
