"""The demo clinic as it is written down: the same from the same seed, synthetic, and as varied as promised."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from fixtures.generate import clinic, main, text_of
from webapp.base.roles import Role
from webapp.patients import identity

ROOT = Path(__file__).resolve().parents[3]
WRITTEN = ROOT / "fixtures/demo.json"
DEMO = clinic(20260101)


def test_the_file_of_the_repository_is_what_the_documented_command_writes(tmp_path):
    command = [sys.executable, "-m", "fixtures.generate", "--seed", "20260101", "--to", str(tmp_path / "demo.json")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert (tmp_path / "demo.json").read_bytes() == WRITTEN.read_bytes()


def test_another_seed_writes_another_clinic_and_no_date_is_fixed(tmp_path):
    main(["--seed", "7", "--to", str(tmp_path / "demo.json")])
    other = (tmp_path / "demo.json").read_text()
    assert other != WRITTEN.read_text()
    assert json.loads(other) == json.loads(text_of(clinic(7)))
    assert not re.search(r"20[23]\d-\d\d-\d\d", WRITTEN.read_text())


def test_sixty_patients_of_all_ages_with_true_letters_and_one_pair_of_a_name():
    people = DEMO["patients"]
    ages = sorted(-person["born"] // 365 for person in people)
    names = Counter(f"{person['given_name']} {person['family_name']}" for person in people)
    assert len(people) == 60
    assert ages[0] <= 14
    assert ages[-1] >= 80
    assert sum(age < 18 for age in ages) >= 3
    assert [name for name, times in names.items() if times > 1] == ["Carmen Fuentes Gil"]
    assert len({identity.national_id(person["national_id"]) for person in people}) == 60
    assert "Marina Ortega Rey" in names


def test_every_role_can_sign_in_and_nobody_has_a_real_address():
    roles = {role for person in DEMO["staff"] for role in person["roles"]}
    assert roles | {Role.PATIENT} == set(Role)
    assert all(person["email"].endswith("@demo.example") for person in DEMO["staff"] + DEMO["patients"])
    assert any(len(person["roles"]) == 2 for person in DEMO["staff"])


def test_there_are_months_of_diaries_with_days_left_out():
    pages = [page for person in DEMO["patients"] for event in person["events"] for page in event.get("pages", [])]
    assert len(pages) > 800
    assert min(page[0] for page in pages) < -55
    assert all(0 <= score <= 10 for page in pages for score in page[2:])


def test_nothing_happens_before_the_registration_or_after_today():
    for person in DEMO["patients"]:
        days = [event["day"] for event in person["events"]]
        assert all(person["registered"] <= day <= 0 for day in days), person["key"]
