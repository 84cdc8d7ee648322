"""Three hundred people nobody thought of: whatever is recorded, the plan stays readable, repeatable and safe."""

import random

import pytest

from tests.engine.command_line import json_lines, lines, pauta, sample

INPUTS, ANALYTES = sample("inputs.json"), {each["name"]: each for each in sample("analytes.json")}
GIVES = {
    "penicillin": {"amoxicillin"},
    "Augmentine": {"amoxicillin"},
    "betalactámicos": {"amoxicillin"},
    "tetracycline": {"tetracycline"},
    "Pylera": {"tetracycline", "metronidazole", "bismuth_subcitrate"},
    "Flagyl": {"metronidazole"},
    "omeprazole": {"omeprazole"},
    "Nolotil": set(),
}
"""Allergy as people write it -> what this person must then never be given."""
PREGNANT = {
    "tetracycline", "bismuth_subcitrate", "bismuth_subsalicylate", "rifabutin", "vonoprazan", "levofloxacin",
    "linaclotide", "peppermint_oil", "misoprostol", "methotrexate", "neomycin",
}  # fmt: skip
ADULT_KINDS = {"rx", "supp", "diet"}
HISTORY = ["type_2_diabetes", "ulcerative_colitis", "barrett_oesophagus", "h_pylori_eradication", "coronary_stent"]
WORDS = {"structural_disease": ["excluded", "not_investigated", "present"], "ascites": ["none", "mild"]}
COUNTS = {"weight_before_kg": (40, 130), "pct_bristol_1_2": (0, 100), "pct_bristol_6_7": (0, 100)}
YES_NO_NAMES = {
    "bothersome", "change_bowel_habit", "change_in_form", "change_in_frequency", "chronic_diarrhoea", "constipation",
    "dre_blood", "dyspepsia", "dysphagia", "fatigue", "gi_bleeding", "nocturnal_symptoms", "rectal_bleeding",
    "previous_lgib_admission", "rectal_mass", "related_to_defecation", "steatorrhoea", "syncope", "vomiting",
    "weight_loss", "weight_loss_intentional",
}  # fmt: skip


def answer(pick, name):
    if pick.random() < 0.3:
        return None
    if name in YES_NO_NAMES:
        return pick.random() < 0.4
    if name in WORDS:
        return pick.choice(WORDS[name])
    if name == "main_complaint":
        return "me duele la tripa"
    return pick.randint(*COUNTS.get(name, (0, 7)))


def laboratory(pick):
    for name, units in INPUTS["labs"].items():
        if pick.random() < 0.2:
            unit = pick.choice(units)
            yield {"name": name, "value": pick.choice([*[measured(pick, name, unit)] * 4, None]), "unit": unit}


def measured(pick, name, unit):
    """Return a result, now and then beyond what is plausible in its unit."""
    if unit in ("qualitative", "category"):
        return pick.choice(["positive", "negative"] if unit == "qualitative" else ["formed", "watery"])
    known = ANALYTES.get(name.removeprefix("visit1_").removeprefix("visit2_"), {})
    low, high = known.get("plausible", {}).get(unit, (1, 20))
    return round(pick.uniform(low * 0.5, high * 1.2), 1)


def listed(pick, names, most=3):
    return pick.choice([None, [], pick.sample(names, pick.randint(1, most))])


def person(number):
    pick = random.Random(number)  # noqa: S311 - the same people every time, no secret
    names = pick.sample(INPUTS["questionnaire"], pick.randint(0, 30))
    drugs = listed(pick, sorted(INPUTS["medications"]))
    day = lambda: pick.choice([None, [], [pick.randint(1, 7)]])  # noqa: E731
    return {
        "id": f"r{number}",
        "patient": {
            "age_years": pick.choice([None, 3, 12, 17, 18, 30, 44, 55, 56, 60, 81]),
            "sex": pick.choice([None, "female", "female", "male"]),
            "pregnant": pick.choice([None, None, False, True]),
            "weight_kg": pick.choice([None, 52, 90]),
        },
        "allergies": listed(pick, sorted(GIVES)),
        "medications": drugs and [{"drug": drug, "dose": pick.choice([None, "20 mg", "a veces"])} for drug in drugs],
        "history": listed(pick, HISTORY),
        "family_history": pick.choice([None, []]),
        "questionnaire": {name: answer(pick, name) for name in names if name != "drug_allergies_declared"},
        "free_text": pick.choice([{}, {"other": "no puedo tragar bien"}]),
        "labs": list(laboratory(pick))
        if pick.random() < 0.7
        else [{"name": "h_pylori_stool_antigen", "value": "positive", "unit": "qualitative"}],
        "vitals": pick.choice([{}, {"pulse": 110, "sbp": 95}]),
        "diary": pick.choice([None, {"days": 14, "stools_bristol": [day() for _ in range(14)]}]),
    }


CASES = {case["id"]: case for case in map(person, range(300))}


@pytest.fixture(scope="module")
def printed():
    return pauta("evaluate", "-", "--json", stdin=lines(list(CASES.values())))


@pytest.fixture(scope="module")
def plans(printed):
    return {plan["id"]: plan for plan in json_lines(printed.stdout)}


def given(plan):
    """Return every ingredient that the plan would give, and with which line."""
    return {drug: item["code"] for item in plan["items"] if item["state"] != "blocked" for drug in item["drugs"]}


def test_every_person_gets_a_plan_and_nothing_breaks(printed, plans):
    assert printed.stderr == ""
    assert printed.returncode == 0
    assert list(plans) == list(CASES)
    assert [plan for plan in plans.values() if "error" in plan] == []


def test_the_same_person_gets_the_same_bytes_whatever_the_order_of_the_record(printed):
    turned = [dict(reversed(case.items())) for case in CASES.values()]
    for case in turned:
        case["questionnaire"] = dict(reversed(case["questionnaire"].items()))
    assert pauta("evaluate", "-", "--json", stdin=lines(turned), seed="4711").stdout == printed.stdout


def test_nobody_is_given_what_they_are_allergic_to(plans):
    wrong = {
        name: given(plans[name])
        for name, case in CASES.items()
        for allergy in case["allergies"] or []
        if GIVES[allergy] & set(given(plans[name]))
    }
    assert wrong == {}
    allergic = [name for name, case in CASES.items() if case["allergies"] and given(plans[name])]
    assert len(allergic) > 10, "the check would be empty"


def test_nobody_with_unknown_allergies_is_offered_a_drug_as_ready(plans):
    for name, case in CASES.items():
        if case["allergies"] is None:
            ready = [item["code"] for item in plans[name]["items"] if item["state"] == "proposed" and item["drugs"]]
            assert ready == [], name


def test_no_pregnant_woman_is_given_what_harms_the_child(plans):
    expecting = [
        name for name, case in CASES.items() if case["patient"]["pregnant"] and case["patient"]["sex"] == "female"
    ]
    assert {name: PREGNANT & set(given(plans[name])) for name in expecting if PREGNANT & set(given(plans[name]))} == {}
    assert any(given(plans[name]) for name in expecting), "the check would be empty"


def test_no_child_and_nobody_of_unknown_age_gets_an_adult_dose_or_diet(plans):
    young = [name for name, case in CASES.items() if (case["patient"]["age_years"] or 0) < 18]
    wrong = [
        (name, item["code"])
        for name in young
        for item in plans[name]["items"]
        if item["code"].split(":")[0] in ADULT_KINDS
    ]
    assert wrong == []
    assert not any(score["status"] == "ok" for name in young for score in plans[name]["scores"].values())


def test_what_is_shown_as_an_alternative_is_never_what_is_blocked(plans):
    for name, plan in plans.items():
        blocked = {item["code"] for item in plan["items"] if item["state"] == "blocked"}
        assert not any(blocked & set(item["alternatives"]) for item in plan["items"]), name
