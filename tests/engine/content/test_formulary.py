"""The shipped formulary as a book: every medicine readable under every name, every brand mapped, classes as meant."""

import pytest

from engine.doses import read_dose
from engine.facts import fold
from engine.language.formularies import ancestors
from tests.engine.content.shipped import library, plain, sample

BOOK = library().formulary
NAMED = {
    # sections 1, 3, 4, 5, 11 and 12 of the clinical reference
    "omeprazole", "esomeprazole", "lansoprazole", "pantoprazole", "rabeprazole", "famotidine", "vonoprazan",
    "domperidone", "metoclopramide", "itopride", "bismuth_subcitrate", "bismuth_subsalicylate", "tetracycline",
    "doxycycline", "metronidazole", "amoxicillin", "clavulanate", "clarithromycin", "levofloxacin", "ciprofloxacin",
    "rifabutin", "rifaximin", "neomycin", "trimethoprim", "sulfamethoxazole", "loperamide", "macrogol", "linaclotide",
    "eluxadoline", "amitriptyline", "ondansetron", "senna", "misoprostol", "clopidogrel", "levothyroxine",
    "methotrexate", "warfarin", "acenocoumarol", "apixaban", "simvastatin", "lovastatin", "atorvastatin", "colchicine",
    "amiodarone", "sotalol", "citalopram", "gemfibrozil", "ritonavir", "azathioprine", "mercaptopurine", "allopurinol",
    "febuxostat", "mesalazine", "ketoconazole", "lithium", "disulfiram", "isotretinoin", "furosemide",
    "metamizole", "psyllium", "peppermint_oil", "lactobacillus_plantarum_299v", "bifidobacterium_infantis_35624",
    "saccharomyces_boulardii", "vitamin_d3", "vitamin_b12", "ferrous_sulfate", "zinc_carnosine", "glutamine", "calcium",
    "folic_acid", "lactase",
}  # fmt: skip


def resolved(words: str) -> frozenset[str]:
    """Return the ingredients a person means by a name, none if nobody knows it."""
    code = BOOK.names.get(fold(words))
    if code in BOOK.brands:
        return frozenset(BOOK.brands[code].ingredients)
    return frozenset({code} if code else ())


@pytest.mark.parametrize("name", sample("inputs")["medications"])
def test_every_medicine_a_case_may_name_is_readable(name):
    assert resolved(name)


def test_a_medicine_nobody_knows_is_not_guessed():
    assert resolved("omeprasol forte") == frozenset()


def test_everything_the_clinical_reference_names_is_in_the_book():
    assert {code for code in NAMED if code not in BOOK.medicines} == set()


def test_every_medicine_is_found_by_its_name_in_both_languages():
    titles = [(code, title) for code, medicine in BOOK.medicines.items() for title in medicine.title.values()]
    assert [title for code, title in titles if resolved(title) != {code}] == []


def test_every_brand_maps_to_ingredients_of_the_book():
    assert [one.name for one in BOOK.brands.values() if resolved(one.name) != set(one.ingredients)] == []
    assert {code for one in BOOK.brands.values() for code in one.ingredients} <= set(BOOK.medicines)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Augmentine", {"amoxicillin", "clavulanate"}),
        ("AUGMENTINE", {"amoxicillin", "clavulanate"}),
        ("amoxicilina-clavulánico", {"amoxicillin", "clavulanate"}),
        ("Pylera", {"bismuth_subcitrate", "metronidazole", "tetracycline"}),
        ("Nolotil", {"metamizole"}),
        ("Sintrom", {"acenocoumarol"}),
        ("Losec", {"omeprazole"}),
        ("Motilium", {"domperidone"}),
        ("Primperan", {"metoclopramide"}),
        ("Fortasec", {"loperamide"}),
        ("Zyloric", {"allopurinol"}),
        ("Adiro", {"aspirin"}),
        ("Septrin", {"trimethoprim", "sulfamethoxazole"}),
        ("Eutirox", {"levothyroxine"}),
        ("bismuth subcitrate", {"bismuth_subcitrate"}),
        ("Sulfato ferroso", {"ferrous_sulfate"}),
    ],
)
def test_people_say_the_brand_and_are_understood(said, meant):
    assert resolved(said) == meant


@pytest.mark.parametrize(
    ("medicine", "wanted"),
    [
        ("amoxicillin", "penicillins"),
        ("amoxicillin", "beta_lactams"),
        ("acenocoumarol", "vitamin_k_antagonists"),
        ("acenocoumarol", "anticoagulants"),
        ("amiodarone", "qt_prolonging"),
        ("celecoxib", "nsaids"),
        ("codeine", "opioid"),
        ("bismuth_subcitrate", "bismuth"),
        ("doxycycline", "tetracyclines"),
        ("psyllium", "bulk_laxatives"),
    ],
)
def test_a_medicine_belongs_to_its_class_and_those_above(medicine, wanted):
    assert wanted in ancestors(BOOK, BOOK.medicines[medicine].classes)


@pytest.mark.parametrize(
    ("medicine", "other"),
    [("metamizole", "nsaids"), ("clavulanate", "penicillins"), ("bismuth_subcitrate", "salicylates")],
)
def test_a_medicine_is_in_no_class_it_only_resembles(medicine, other):
    assert other not in ancestors(BOOK, BOOK.medicines[medicine].classes)


def test_nothing_is_prescribed_from_the_allergens():
    allergens = {code for code, medicine in BOOK.medicines.items() if medicine.kind == "allergen"}
    assert "latex" in allergens
    assert not allergens & {part.medicine for regimen in BOOK.regimens.values() for part in regimen.parts}


def test_no_regimen_alone_exceeds_the_daily_maximum_of_its_ingredients():
    per_day = {"once daily": 1, "twice daily": 2, "three times daily": 3, "four times daily": 4, "every 8 hours": 3}
    grams = {"ug": 1e-6, "mg": 1e-3, "g": 1}
    for regimen in BOOK.regimens.values():
        for part in regimen.parts:
            limit = BOOK.medicines[part.medicine].max_daily
            if limit and part.frequency in per_day:
                amount, unit = part.dose.split()
                given = float(amount) * grams[unit] * per_day[part.frequency]
                assert given <= float(limit[0]) * grams[limit[1]] + 1e-9, (regimen.code, part.medicine)


def test_what_is_taken_as_needed_says_how_often_at_most_and_stays_within_the_daily_maximum():
    for regimen in BOOK.regimens.values():
        for part in regimen.parts:
            if "as needed" in part.frequency:
                daily = read_dose(part.dose, part.frequency).daily
                assert daily is not None, (regimen.code, part.medicine)
                limit = BOOK.medicines[part.medicine].max_daily
                assert limit is None or (limit[1] == daily[1] and daily[0] <= limit[0]), regimen.code


@pytest.mark.parametrize(
    "code",
    [
        code
        for code in sample("codes")["rx"]
        if code
        not in {
            "*", "any_7d", "loperamide", "loperamide_above_16mg", "opioid", "ppi_indefinite",
        }
    ],
)  # fmt: skip
def test_every_prescription_of_the_published_list_has_its_regimen(code):
    assert BOOK.regimens[code].parts
    assert set(BOOK.regimens[code].patient) == {"es", "en"}


@pytest.mark.parametrize("code", ["any_7d", "ppi_indefinite"])
def test_what_must_never_be_given_has_no_regimen(code):
    assert code not in BOOK.regimens


def test_safety_from_general_knowledge_is_marked_for_review():
    """Only what was seen in a named source goes without the mark."""
    unmarked = [
        (path, condition["because"]["en"])
        for path, document in plain("formulary")
        for block in ("medicines", "supplements", "regimens")
        for entry in document.get(block, {}).values()
        for condition in entry.get("safety", [])
        if "review" not in condition and "source" not in condition
    ]
    assert unmarked == []


def test_interactions_from_general_knowledge_are_marked_for_review():
    seen = [pair for pair in BOOK.interactions if not pair.review_needed]
    assert all(pair.source for pair in seen)
    assert any(pair.review_needed for pair in BOOK.interactions)


def test_what_comes_with_a_safety_condition_is_a_declared_code():
    declared = set(library().vocabulary.codes)
    conditions = [
        condition
        for holder in (*BOOK.medicines.values(), *BOOK.regimens.values())
        for condition in holder.safety
    ]  # fmt: skip
    added = {code for each in (*conditions, *BOOK.interactions) for code in each.add}
    assert added <= declared


def test_what_a_safety_condition_asks_is_asked_by_some_fact():
    asked = {name for fact in library().vocabulary.facts.values() for name in (fact.ask or (fact.name,))}
    wanted = {
        name
        for each in (*BOOK.interactions, *(c for m in BOOK.medicines.values() for c in m.safety))
        for name in each.ask
    }
    assert wanted <= asked
