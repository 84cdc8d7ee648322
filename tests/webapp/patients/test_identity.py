"""Numbers that tell who somebody is: a wrong one is refused before it names somebody else."""

import pytest

from webapp.patients import identity


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12345678Z", "12345678Z"),
        ("12.345.678-z", "12345678Z"),
        (" 00000000 T ", "00000000T"),
        ("X1234567L", "X1234567L"),
        ("y-1234567-x", "Y1234567X"),
        ("Z1234567R", "Z1234567R"),
    ],
)
def test_a_right_number_is_kept_in_its_usual_form(typed, kept):
    assert identity.national_id(typed) == kept


@pytest.mark.parametrize("typed", ["12345678A", "X1234567X", "1234567", "123456789", "Ñ1234567L", "", "12345678"])
def test_a_number_that_cannot_be_right_is_refused_without_repeating_it(typed):
    with pytest.raises(identity.IdentityError) as refused:
        identity.national_id(typed)
    assert not typed or typed not in str(refused.value)


def test_one_mistyped_digit_never_passes():
    """The letter changes with every single digit, since no power of ten is a multiple of 23."""
    for position in range(8):
        for digit in set("0123456789") - {"12345678"[position]}:
            changed = "12345678"[:position] + digit + "12345678"[position + 1 :]
            with pytest.raises(identity.IdentityError):
                identity.national_id(changed + "Z")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("600 11 22 33", "+34600112233"), ("0034 600112233", "+34600112233"), ("+44 20 7946 0018", "+442079460018")],
)
def test_a_telephone_is_kept_with_its_country(typed, kept):
    assert identity.phone(typed) == kept


@pytest.mark.parametrize("typed", ["12", "six hundred", "+34 600 11 22 33 44 55 66 77"])
def test_what_is_no_telephone_is_refused(typed):
    with pytest.raises(identity.IdentityError):
        identity.phone(typed)


def test_a_name_is_found_by_the_beginnings_of_its_words_without_accents():
    assert identity.prefixes("Íñigo Núñez-Gil") >= {"in", "ini", "inig", "inigo", "nu", "nunez", "gi", "gil"}
    assert all(2 <= len(start) <= 6 for start in identity.prefixes("Maximiliano de la Encarnación"))
