"""What the formulary lets through: each medicine given to a healthy adult, then to one who must not have it."""

from typing import ClassVar

import pytest

from tests.engine.content.trial import HEALTHY, WOMAN, codes, item, plan, state

BQT, DUAL, RIFABUTIN = "rx:bismuth_quadruple_14d", "rx:vonoprazan_amoxicillin_dual", "rx:rifabutin_triple"
CONCOMITANT, PPI, PEG = "rx:concomitant", "rx:ppi_standard_od_8w", "rx:peg_laxative"
PSYLLIUM, MINT = "supp:psyllium", "supp:peppermint_oil"
HARMLESS = (BQT, DUAL, RIFABUTIN, CONCOMITANT, PPI, PEG, "rx:loperamide_prn", "rx:tca_low_dose", PSYLLIUM, MINT)


@pytest.mark.parametrize("code", HARMLESS)
@pytest.mark.parametrize("person", [HEALTHY, WOMAN], ids=["man", "woman"])
def test_a_healthy_adult_of_whom_everything_is_known_gets_it(code, person):
    assert state(code, person) == "proposed"


@pytest.mark.parametrize("allergy", ["amoxicilina", "Augmentine", "penicillins", "Orbenin"])
@pytest.mark.parametrize("code", [DUAL, RIFABUTIN, CONCOMITANT])
def test_an_allergy_to_any_penicillin_blocks_amoxicillin(code, allergy):
    assert state(code, allergy=[allergy]) == "blocked"


@pytest.mark.parametrize("allergy", ["amoxicilina", "Augmentine", "latex", "cefuroxima"])
def test_an_allergy_to_something_else_leaves_the_quadruple_open(allergy):
    assert state(BQT, allergy=[allergy]) == "proposed"


def test_a_cephalosporin_allergy_is_not_taken_for_a_penicillin_allergy():
    assert state(DUAL, allergy=["cefuroxima"]) == "proposed"


@pytest.mark.parametrize("allergy", ["Pylera", "doxiciclina", "metronidazol", "omeprazol"])
def test_an_allergy_to_a_part_or_its_class_blocks_the_quadruple(allergy):
    assert state(BQT, allergy=[allergy]) == "blocked"


@pytest.mark.parametrize("list_", ["allergy", "medication"])
def test_a_list_nobody_asked_about_holds_the_medicine(list_):
    held = item(BQT, **{list_: None})
    assert (held.state, list_ in held.waiting_for) == ("held", True)


@pytest.mark.parametrize("code", [BQT, DUAL, RIFABUTIN, CONCOMITANT, MINT, "rx:rifaximin_550_tid_14d"])
class TestPregnancy:
    def test_pregnancy_blocks(self, code):
        assert state(code, WOMAN, pregnant="yes") == "blocked"

    def test_unknown_pregnancy_holds_and_is_asked(self, code):
        held = plan(code, WOMAN, pregnant=None)
        assert next(each for each in held.items if each.code == code).state == "held"
        assert "pregnancy_status" in held.ask

    @pytest.mark.parametrize("age", ["56 years", "60 years"])
    def test_a_woman_past_the_age_is_not_asked(self, code, age):
        assert state(code, WOMAN, pregnant=None, breastfeeding=None, age=age) == "proposed"

    def test_at_55_she_still_is(self, code):
        assert state(code, WOMAN, pregnant=None, age="55 years") == "held"


@pytest.mark.parametrize("code", [PEG, PSYLLIUM])
def test_what_is_safe_in_pregnancy_is_proposed_with_its_alert(code):
    assert state(code, WOMAN, pregnant="yes") == "proposed"
    assert "alert:pregnancy" in codes(code, WOMAN, pregnant="yes")
    assert "gestational_week" in plan(code, WOMAN, pregnant="yes").ask


def test_it_is_proposed_without_an_alert_to_a_woman_who_is_not_pregnant():
    assert "alert:pregnancy" not in codes(PEG, WOMAN)


def test_omeprazole_needs_no_pregnancy_test():
    assert state(PPI, WOMAN, pregnant=None) == "proposed"


@pytest.mark.parametrize("medicine", ["linaclotide", "misoprostol", "methotrexate", "ciprofloxacin", "neomycin"])
def test_what_harms_the_child_is_blocked_in_pregnancy_and_held_while_unknown(medicine):
    assert state(f"rx:{medicine}", WOMAN, pregnant="yes") == "blocked"
    assert state(f"rx:{medicine}", WOMAN, pregnant=None) == "held"


@pytest.mark.parametrize("code", [BQT, DUAL])
class TestKidneys:
    def test_a_clearance_below_30_blocks(self, code):
        assert state(code, age="80 years", weight_kg="50 kg", creatinine="4 mg/dL") == "blocked"

    def test_exactly_30_does_not(self, code):
        assert state(code, age="68 years", weight_kg="60 kg", creatinine="2 mg/dL") == "proposed"

    def test_an_unknown_creatinine_holds(self, code):
        assert "creatinine" in item(code, creatinine=None).waiting_for


def test_the_weight_is_not_needed_where_no_weight_could_change_the_answer():
    assert state(BQT, age="30 years", weight_kg=None, creatinine="0.7 mg/dL") == "proposed"


def test_the_weight_is_needed_where_it_decides():
    assert "weight_kg" in item(BQT, age="80 years", weight_kg=None, creatinine="2 mg/dL").waiting_for


def test_a_failing_kidney_blocks_even_where_the_weight_is_unknown():
    assert state(BQT, age="70 years", weight_kg=None, creatinine="4 mg/dL") == "blocked"


def test_a_creatinine_in_micromol_is_converted_before_it_decides():
    assert state(BQT, creatinine="88 umol/L") == "proposed"
    assert state(BQT, creatinine="700 umol/L") == "blocked"


def test_vonoprazan_is_blocked_in_child_pugh_b_and_given_in_a():
    cirrhosis = {"history": ["cirrhosis"], "ascites": "none", "encephalopathy_grade": "0", "inr": "1.1"}
    assert state(DUAL, **cirrhosis, bilirubin="2.5 mg/dL", albumin="30 g/L") == "blocked"
    assert state(DUAL, **cirrhosis, bilirubin="1 mg/dL", albumin="40 g/L") == "proposed"
    assert state(DUAL, **cirrhosis) == "held"


class TestAnticoagulant:
    @pytest.mark.parametrize("medicine", ["warfarin", "Sintrom"])
    def test_metronidazole_comes_with_alert_inr_and_question(self, medicine):
        drafted = plan(BQT, medication=[medicine])
        assert {"alert:warfarin_metronidazole", "test:inr_3_5d"} <= {each.code for each in drafted.items}
        assert "last_inr" in drafted.ask
        assert state(BQT, medication=[medicine]) == "proposed"

    def test_apixaban_is_no_vitamin_k_antagonist(self):
        assert "alert:warfarin_metronidazole" not in codes(BQT, medication=["apixaban"])

    def test_bismuth_salicylate_is_blocked(self):
        assert state("rx:bismuth_subsalicylate", medication=["Sintrom"]) == "blocked"


class TestQt:
    @pytest.mark.parametrize("medicine", ["amiodarone", "sotalol"])
    def test_clarithromycin_is_blocked_and_the_quadruple_watched(self, medicine):
        assert state(CONCOMITANT, medication=[medicine]) == "blocked"
        drafted = plan(BQT, medication=[medicine])
        assert {"alert:qt_prolongation", "test:ecg"} <= {each.code for each in drafted.items}
        assert {"baseline_qtc", "potassium"} <= set(drafted.ask)

    @pytest.mark.parametrize("medicine", ["clarithromycin", "levofloxacin", "domperidone", "ondansetron"])
    def test_a_long_qtc_blocks_and_an_unknown_one_holds(self, medicine):
        assert state(f"rx:{medicine}", qtc="451 ms") == "blocked"
        assert state(f"rx:{medicine}", qtc="450 ms") == "proposed"
        assert state(f"rx:{medicine}", qtc=None) == "held"

    def test_the_limit_of_women_is_470(self):
        assert state("rx:domperidone", WOMAN, qtc="470 ms") == "proposed"
        assert state("rx:domperidone", WOMAN, qtc="471 ms") == "blocked"

    def test_domperidone_meets_no_other_medicine_that_prolongs_the_qt(self):
        assert state("rx:domperidone", medication=["citalopram"]) == "blocked"

    @pytest.mark.parametrize(("age", "outcome"), [("60 years", "proposed"), ("61 years", "blocked")])
    def test_citalopram_and_clarithromycin_meet_only_up_to_60(self, age, outcome):
        assert state("rx:clarithromycin", medication=["citalopram"], age=age) == outcome
        assert "alert:qt_prolongation" in codes("rx:clarithromycin", medication=["citalopram"], age="60 years")

    def test_clarithromycin_does_not_interact_with_itself(self):
        assert "alert:qt_prolongation" not in codes("rx:clarithromycin")


@pytest.mark.parametrize("thiopurine", ["rx:azathioprine", "rx:mercaptopurine"])
def test_a_thiopurine_waits_for_tpmt_and_is_blocked_without_it(thiopurine):
    assert state(thiopurine, tpmt_nudt15=None) == "held"
    assert state(thiopurine, tpmt_nudt15="deficient") == "blocked"


def test_neomycin_waits_for_the_weight_where_the_kidneys_of_a_light_person_could_be_weak():
    assert state("rx:neomycin", weight_kg=None) == "held"
    assert state("rx:neomycin", weight_kg="38 kg") == "blocked"
    assert state("rx:metronidazole", weight_kg=None) == "proposed"


@pytest.mark.parametrize("statin", ["simvastatin", "lovastatin"])
def test_clarithromycin_is_blocked_with_a_statin_it_raises(statin):
    assert state(CONCOMITANT, medication=[statin]) == "blocked"


def test_atorvastatin_only_brings_an_alert():
    assert state(CONCOMITANT, medication=["atorvastatin"]) == "proposed"
    assert "alert:statin_clarithromycin" in codes(CONCOMITANT, medication=["atorvastatin"])


def test_rosuvastatin_brings_nothing():
    assert "alert:statin_clarithromycin" not in codes(CONCOMITANT, medication=["rosuvastatin"])


def test_macrolides_taken_before_block_clarithromycin():
    assert state(CONCOMITANT, previous_macrolide_exposure="yes") == "blocked"
    assert state(CONCOMITANT, previous_macrolide_exposure=None) == "held"


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("rx:omeprazole", "clopidogrel"),
        ("rx:esomeprazole", "Plavix"),
        ("rx:azathioprine", "Zyloric"),
        ("rx:azathioprine", "febuxostat"),
        ("rx:methotrexate", "Septrin"),
        ("rx:domperidone", "ketoconazole"),
        ("rx:doxycycline", "isotretinoin"),
        ("rx:neomycin", "furosemide"),
        ("rx:eluxadoline", "codeine"),
        ("rx:metronidazole", "disulfiram"),
        ("supp:saccharomyces_boulardii", "fluconazole"),
    ],
)
def test_a_pair_that_must_not_meet_is_blocked(given, taken):
    assert state(given, medication=[taken]) == "blocked"
    assert state(given) == "proposed"


def test_pantoprazole_may_meet_clopidogrel():
    assert state("rx:pantoprazole", medication=["clopidogrel"]) == "proposed"


@pytest.mark.parametrize("taken", ["ferrous sulfate", "calcium", "almagate"])
def test_tetracycline_is_kept_apart_from_what_binds_it(taken):
    assert "alert:separate_doses" in codes(BQT, medication=[taken])


def test_bismuth_inside_the_quadruple_is_meant():
    assert "alert:separate_doses" not in codes(BQT)


def test_alcohol_with_metronidazole_brings_the_advice_and_unknown_alcohol_is_asked():
    assert "advice:no_alcohol_metronidazole" in codes(BQT, alcohol_units_week="7")
    assert "alcohol_units_week" in plan(BQT, alcohol_units_week=None).ask
    assert state(BQT, alcohol_units_week=None) == "proposed"


class TestLoperamide:
    CODE = "rx:loperamide_prn"

    def test_blood_with_fever_blocks(self):
        assert state(self.CODE, rectal_bleeding="yes", fever="yes") == "blocked"

    def test_six_bloody_stools_block(self):
        assert state(self.CODE, rectal_bleeding="yes", bloody_stools_day="6") == "blocked"
        assert state(self.CODE, rectal_bleeding="yes", bloody_stools_day="5") == "proposed"

    def test_more_than_16_mg_already_blocks(self):
        assert state(self.CODE, medication=["loperamide"], loperamide_daily_dose="17 mg") == "blocked"

    def test_whoever_takes_none_is_not_asked_for_a_dose(self):
        assert state(self.CODE, loperamide_daily_dose=None) == "proposed"


@pytest.mark.parametrize("change", [{"dysphagia": "yes"}, {"history": ["intestinal_stricture"]}])
def test_psyllium_is_blocked_where_it_may_get_stuck(change):
    assert state(PSYLLIUM, **change) == "blocked"


def test_psyllium_waits_for_the_answer_about_swallowing():
    assert item(PSYLLIUM, dysphagia=None).waiting_for == ("dysphagia",)


@pytest.mark.parametrize("history", ["crohn_disease", "cirrhosis", "chronic_kidney_disease", "peptic_ulcer"])
def test_anti_inflammatories_are_blocked_where_they_harm(history):
    assert state("rx:ibuprofen", history=[history]) == "blocked"


def test_opioids_are_blocked_in_irritable_bowel():
    assert state("rx:codeine", history=["irritable_bowel_syndrome"]) == "blocked"


@pytest.mark.parametrize("history", ["immunosuppression", "central_venous_line"])
def test_probiotics_are_blocked_where_they_may_infect(history):
    assert state("supp:lactobacillus_plantarum_299v", history=[history]) == "blocked"


@pytest.mark.parametrize("history", ["cholecystectomy", "pancreatitis"])
def test_eluxadoline_is_blocked_without_gallbladder_or_after_pancreatitis(history):
    assert state("rx:eluxadoline", history=[history]) == "blocked"


class TestAClassOnRecord:
    """People say "an anticoagulant": that may be any of them, so none below it is ruled out."""

    def test_it_holds_what_would_meet_a_member_of_it(self):
        held = item(BQT, medication=["anticoagulantes"])
        assert (held.state, held.waiting_for) == ("held", ("medication",))

    def test_it_counts_as_itself(self):
        assert state("rx:ibuprofen", medication=["anticoagulantes"]) == "blocked"

    def test_it_rules_out_what_lies_elsewhere(self):
        assert state(BQT, medication=["Estatinas"]) == "proposed"

    def test_an_allergy_to_a_wider_class_blocks_its_members(self):
        assert state(DUAL, allergy=["betalactámicos"]) == "blocked"
        assert state(BQT, allergy=["betalactámicos"]) == "proposed"


class TestAdjustedDose:
    CIRRHOSIS_C: ClassVar = {
        "history": ["cirrhosis"], "bilirubin": "4 mg/dL", "albumin": "25 g/L", "inr": "2", "ascites": "mild",
        "encephalopathy_grade": "1",
    }  # fmt: skip

    def doses(self, code, **changes):
        return {dose.ingredient: (dose.dose, dose.frequency) for dose in item(code, **changes).doses}

    def test_it_takes_the_place_of_dose_and_frequency(self):
        assert self.doses(PPI)["omeprazole"] == ("20 mg", "once daily")
        assert self.doses(CONCOMITANT, **self.CIRRHOSIS_C)["omeprazole"] == ("20 mg once daily", "")

    def test_it_is_proposed_with_its_alert(self):
        assert state(PPI, **self.CIRRHOSIS_C) == "proposed"
        assert "alert:hepatic_impairment" in codes(PPI, **self.CIRRHOSIS_C)

    def test_it_never_gives_more_than_was_meant(self):
        assert self.doses("rx:citalopram", age="70 years")["citalopram"] == ("1 ug", "once daily")
