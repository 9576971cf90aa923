"""The answers of a prepared registration: what passes, what does not, and what is never repeated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.models import answers
from kiosk.models.answers import AnswerError
from kiosk.words.registration import WORDS

TODAY = date(2026, 11, 21)

LETTERS = st.characters(categories=["Lu", "Ll", "Lo", "Lt"])
NAMES = st.lists(st.text(LETTERS, min_size=1, max_size=8), min_size=1, max_size=4).flatmap(
    lambda parts: st.sampled_from(["-", "’", "'", " "]).map(lambda sign: sign.join(parts))
)


@pytest.mark.parametrize(
    "name",
    [
        "Lefèvre-N’Diaye",
        "d'Artagnan",
        "O’Brien",
        "Ñuñez",
        "Ü",
        "Suharto",
        "Le Goff",
        "Ng",
        "陳",
        "عائشة",
        "Jean-Noël",
        "Œuvrard",
    ],
)
def test_a_name_is_kept_as_it_was_typed(name: str) -> None:
    assert answers.check_name(name) == name


@given(NAMES)
def test_any_name_made_of_letters_passes_and_checking_twice_changes_nothing(name: str) -> None:
    once = answers.check_name(name)
    assert answers.check_name(once) == once
    assert once == answers.tidy(name)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("", "name_missing"), ("  ", "name_missing"), ("-", "name_missing"), ("R2D2", "name_digits"),
        ("a@b", "name_signs"), ("a" * 101, "too_long"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_name_is_refused_with_its_own_sentence(typed: str, key: str) -> None:
    with pytest.raises(AnswerError) as caught:
        answers.check_name(typed)
    assert caught.value.key == f"reg.error.{key}"


@given(st.text(min_size=1, max_size=40))
def test_no_error_ever_repeats_what_was_typed(typed: str) -> None:
    for check in (answers.check_name, answers.check_email, answers.check_postal_code, answers.check_ft_number):
        error = refusal(check, typed)
        assert error is None or (error.args == (error.key,) and error.key in WORDS)


def refusal(check: Callable[[str], str], typed: str) -> AnswerError | None:
    try:
        check(typed)
    except AnswerError as error:
        return error
    return None


# Dates


def test_the_sixteenth_birthday_is_old_enough_and_the_day_before_is_not() -> None:
    assert answers.check_birth_date("21", "11", "2010", TODAY) == date(2010, 11, 21)
    with pytest.raises(AnswerError) as caught:
        answers.check_birth_date("22", "11", "2010", TODAY)
    assert (caught.value.key, caught.value.field) == ("reg.error.birth_young", "annee")


def test_ninety_nine_years_pass_and_a_hundred_do_not() -> None:
    assert answers.check_birth_date("22", "11", "1926", TODAY) == date(1926, 11, 22)
    with pytest.raises(AnswerError):
        answers.check_birth_date("21", "11", "1926", TODAY)


@pytest.mark.parametrize(
    ("day", "month", "year", "field"),
    [
        ("", "4", "1998", "jour"), ("32", "4", "1998", "jour"), ("0", "4", "1998", "jour"), ("²", "4", "1998", "jour"),
        ("5", "13", "1998", "mois"), ("5", "", "1998", "mois"), ("5", "4", "98", "annee"), ("5", "4", "19 8", "annee"),
        ("31", "2", "1998", "jour"), ("29", "2", "1999", "jour"), ("5", "4", "2030", "annee"),
    ],
)  # fmt: skip
def test_a_wrong_date_names_the_field_to_correct(day: str, month: str, year: str, field: str) -> None:
    with pytest.raises(AnswerError) as caught:
        answers.check_birth_date(day, month, year, TODAY)
    assert caught.value.field == field


@given(st.dates(date(1900, 1, 1), date(2026, 12, 31)))
def test_a_birth_date_passes_exactly_when_the_age_is_16_to_99(born: date) -> None:
    try:
        passed = answers.check_birth_date(str(born.day), str(born.month), f"{born.year:04d}", TODAY) == born
    except AnswerError:
        passed = False
    assert passed == (born <= TODAY and 16 <= answers.age_on(born, TODAY) < 100)


def test_someone_born_on_29_february_ages_on_1_march() -> None:
    assert answers.age_on(date(2008, 2, 29), date(2024, 2, 28)) == 15
    assert answers.age_on(date(2007, 2, 28) + timedelta(days=1), date(2023, 3, 1)) == 16


# Phones


@pytest.mark.parametrize(
    ("typed", "region", "shown"),
    [
        ("0612345678", "FR", "06 12 34 56 78"),
        ("06.12.34.56.78", "FR", "06 12 34 56 78"),
        ("+33 6 12 34 56 78", "RE", "06 12 34 56 78"),
        ("0612345678", "RE", "06 12 34 56 78"),
        ("0692123456", "RE", "0692 12 34 56"),
        ("0692123456", "FR", "0692 12 34 56"),
        ("0690123456", "GP", "0690 12 34 56"),
        ("+32470123456", "FR", "+32 470 12 34 56"),
        ("0032470123456", "FR", "+32 470 12 34 56"),
        ("0639981427", "FR", "06 39 98 14 27"),
    ],
)
def test_a_phone_is_shown_as_french_people_read_it(typed: str, region: str, shown: str) -> None:
    assert answers.check_phone(typed, region) == shown


@pytest.mark.parametrize(
    ("typed", "key", "count"),
    [
        ("0639981", "digits_missing", 3), ("06123456789", "digits_extra", 1), ("", "phone_digits", None),
        ("06 12 ab", "phone_digits", None), ("6123456789", "phone_zero", None), ("+33 6 12", "phone_foreign", None),
    ],
)  # fmt: skip
def test_a_wrong_phone_says_what_is_missing(typed: str, key: str, count: int | None) -> None:
    with pytest.raises(AnswerError) as caught:
        answers.check_phone(typed, "FR")
    assert (caught.value.key, caught.value.count) == (f"reg.error.{key}", count)


@given(st.from_regex(r"0[1-9][0-9]{8}", fullmatch=True), st.sampled_from(["FR", "RE", "GP"]))
def test_every_ten_digit_number_is_kept_whole_wherever_the_site_is(digits: str, region: str) -> None:
    shown = answers.check_phone(digits, region)
    assert shown.replace(" ", "") == digits
    assert answers.check_phone(shown, region) == shown


# The rest


@pytest.mark.parametrize("address", ["awa@exemple.fr", "a.b+c@sous.domaine.example", "é@exemple.fr"])
def test_an_email_passes(address: str) -> None:
    assert answers.check_email(f" {address} ") == address


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("", "line_missing"), ("awa.exemple.fr", "email_at"), ("awa@exemple", "email_form"),
        ("a@@b.fr", "email_form"), ("a b@c.fr", "email_form"), ("a@b..fr", "email_form"),
    ],
)  # fmt: skip
def test_a_wrong_email_says_why(typed: str, key: str) -> None:
    with pytest.raises(AnswerError) as caught:
        answers.check_email(typed)
    assert caught.value.key == f"reg.error.{key}"


def test_a_france_travail_number_is_new_or_old() -> None:
    assert answers.check_ft_number("12345678901") == "12345678901"
    assert answers.check_ft_number("1234567a") == "1234567A"
    assert answers.check_ft_number("1234567 8") == "12345678"
    for wrong in ("", "123", "123456789012", "1234567AB", "12A45678"):
        with pytest.raises(AnswerError):
            answers.check_ft_number(wrong)


def test_a_social_security_number_is_never_a_field() -> None:
    assert not {"nir", "rib", "iban", "rsa", "boe", "sante", "revenus"} & set(answers.SEALED_KEYS)
    with pytest.raises(AnswerError):
        answers.check_ft_number("269054958815780")


@given(st.text(max_size=12))
def test_a_postal_code_is_five_ascii_digits_or_refused(typed: str) -> None:
    try:
        code = answers.check_postal_code(typed)
    except AnswerError:
        return
    assert len(code) == 5
    assert code.isascii()
    assert code.isdigit()


def test_names_are_compared_without_accents_and_signs() -> None:
    assert answers.fold("L’Haÿ-les-Roses") == answers.fold("l'hay les roses") == "LHAYLESROSES"
    assert answers.fold("Œuilly") == "OEUILLY"
