"""The answers of a prepared registration: their fields, how each is checked, how each is shown. Pure.

What docs/sources.md (minimisation) gives, and nothing else: no NIR, bank details, papers, health, income, and no
RSA or BOE answer. A check returns the value to seal, or raises ``AnswerError`` with the key of one
sentence; neither ever repeats what was typed. Names are kept as they were typed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import phonenumbers

from kiosk.times import NBSP

AGE_MIN_YEARS = 16
AGE_BELOW_YEARS = 100
NAME_LENGTH_MAX = 100
LINE_LENGTH_MAX = 160
EMAIL_LENGTH_MAX = 254
PHONE_DIGITS = 10
POSTAL_CODE_DIGITS = 5
CONTRACT_END_AHEAD_YEARS = 2
CONTRACT_END_BACK_YEARS = 60

FRENCH_PHONE_REGIONS = ("FR", "RE", "GP", "MQ", "GF", "YT", "PM", "BL", "MF", "NC", "PF", "WF")
"""Regions that share the habit of ten digits without a country code; tried after the site's own."""

APOSTROPHES = "'’ʼ"
_NAME_SIGNS = frozenset(APOSTROPHES + "-‐‑ .·\u200c\u200d")
_FT_NUMBER = re.compile(r"^(?:[0-9]{11}|[0-9]{7}[0-9A-Z])$")
_EMAIL = re.compile(r"^[^\s@,;:<>()\"\\]+@[^\s@,;:<>()\"\\]+\.[^\s@.,;:<>()\"\\]{2,}$")

SEALED_KEYS = (
    "deja_inscrit", "numero_france_travail", "civilite", "nom_naissance", "nom_usage", "prenoms", "date_naissance",
    "pays_naissance", "commune_naissance", "code_postal", "commune_code", "commune", "adresse", "telephone",
    "courriel", "situation", "fin_dernier_contrat", "niveau", "metier_vise", "disponibilite", "mobilite_km",
    "mobilite_moyen", "langue", "notice_version", "notice_lue_le",
)  # fmt: skip
"""The keys of the sealed answers, always all present; ``None`` where the person gave no answer."""


class AnswerError(Exception):
    """What was typed cannot be kept. Holds the key of a sentence and counts, never the typed value.

    Attributes:
        key: key of the sentence in ``kiosk.words.registration``.
        count: a number the sentence needs (digits missing), or ``None``.
        field: which field is wrong, when a question has several (``jour``, ``mois``, ``annee``).
    """

    def __init__(self, key: str, *, count: int | None = None, field: str | None = None) -> None:
        super().__init__(key)
        self.key = key
        self.count = count
        self.field = field


# Text ---------------------------------------------------------------------------------------------


def tidy(typed: str) -> str:
    """The text in composed form (NFC), without spaces at its ends or doubled inside."""
    return " ".join(unicodedata.normalize("NFC", typed).split())


def check_name(typed: str) -> str:
    """A name or first name as typed: any alphabet, accents, hyphens, apostrophes, one letter enough."""
    name = tidy(typed)
    if not name:
        raise AnswerError("reg.error.name_missing")
    if any(letter.isdigit() for letter in name):
        raise AnswerError("reg.error.name_digits")
    if not all(_is_letter(letter) or letter in _NAME_SIGNS for letter in name):
        raise AnswerError("reg.error.name_signs")
    if not any(_is_letter(letter) for letter in name):
        raise AnswerError("reg.error.name_missing")
    if len(name) > NAME_LENGTH_MAX:
        raise AnswerError("reg.error.too_long", count=NAME_LENGTH_MAX)
    return name


def check_line(typed: str) -> str:
    """One line of free text: an address, a trade, a country."""
    line = tidy(typed)
    if not line:
        raise AnswerError("reg.error.line_missing")
    if any(unicodedata.category(letter).startswith("C") for letter in line):
        raise AnswerError("reg.error.name_signs")
    if len(line) > LINE_LENGTH_MAX:
        raise AnswerError("reg.error.too_long", count=LINE_LENGTH_MAX)
    return line


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LM"


def fold(text: str) -> str:
    """Unaccented upper case without signs, only to compare: « L’Haÿ-les-Roses » → ``LHAYLESROSES``."""
    spread = unicodedata.normalize("NFD", text.upper().replace("Œ", "OE").replace("Æ", "AE"))
    return "".join(letter for letter in spread if letter.isalnum())


# Dates --------------------------------------------------------------------------------------------


def check_date(day: str, month: str, year: str) -> date:
    """Reads JJ, MM, AAAA. Raises AnswerError naming the field to correct."""
    day_no = _number(day, "jour", 31)
    month_no = _number(month, "mois", 12)
    if len(year.strip()) != 4 or not _are_digits(year.strip()):
        raise AnswerError("reg.error.date_annee", field="annee")
    try:
        return date(int(year), month_no, day_no)
    except ValueError as error:
        raise AnswerError("reg.error.date_unknown", field="jour") from error


def check_birth_date(day: str, month: str, year: str, today: date) -> date:
    """A birth date of someone aged 16 to 99 on ``today``."""
    born = check_date(day, month, year)
    age = age_on(born, today)
    if born > today or age >= AGE_BELOW_YEARS:
        raise AnswerError("reg.error.birth_year", field="annee")
    if age < AGE_MIN_YEARS:
        raise AnswerError("reg.error.birth_young", field="annee")
    return born


def check_contract_end(day: str, month: str, year: str, today: date) -> date:
    """The end of the last contract: at most 60 years ago, at most 2 years ahead."""
    end = check_date(day, month, year)
    if not today.year - CONTRACT_END_BACK_YEARS <= end.year <= today.year + CONTRACT_END_AHEAD_YEARS:
        raise AnswerError("reg.error.contract_year", field="annee")
    return end


def age_on(born: date, today: date) -> int:
    """Whole years; someone born on 29 February is a year older on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _number(typed: str, field: str, most: int) -> int:
    text = typed.strip()
    if not (1 <= len(text) <= 2 and _are_digits(text) and 1 <= int(text) <= most):
        raise AnswerError(f"reg.error.date_{field}", field=field)
    return int(text)


def _are_digits(text: str) -> bool:
    """True for ASCII digits only: ``str.isdigit`` also accepts ² and other scripts."""
    return bool(text) and all(letter in "0123456789" for letter in text)


# Contact ------------------------------------------------------------------------------------------


def check_phone(typed: str, region: str) -> str:
    """Returns the number as French people read it: « 06 12 34 56 78 », « 0692 12 34 56 », « +32 470 12 34 56 ».

    The site's region is tried first (docs/sources.md, french), then the other French ones: these ten-digit
    plans never overlap, so that the national form stays unambiguous. A ten-digit number that the
    library does not know yet is kept: its table ages on a terminal, and the person knows their number.
    """
    text = tidy(typed)
    digits = "".join(letter for letter in text if letter in "0123456789")
    if not digits or any(letter not in "0123456789 +.-()/" for letter in text):
        raise AnswerError("reg.error.phone_digits")
    if text.startswith("+") or digits.startswith("00"):
        return _check_foreign_phone("+" + digits.removeprefix("00"))
    if len(digits) != PHONE_DIGITS:
        gap = PHONE_DIGITS - len(digits)
        raise AnswerError("reg.error.digits_missing" if gap > 0 else "reg.error.digits_extra", count=abs(gap))
    if not digits.startswith("0"):
        raise AnswerError("reg.error.phone_zero")
    for candidate in (region, *FRENCH_PHONE_REGIONS):
        number = _parse_phone(digits, candidate)
        if number is not None and phonenumbers.is_valid_number_for_region(number, candidate):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return " ".join(digits[at : at + 2] for at in range(0, PHONE_DIGITS, 2))


def _check_foreign_phone(text: str) -> str:
    number = _parse_phone(text, None)
    if number is None or not phonenumbers.is_valid_number(number):
        raise AnswerError("reg.error.phone_foreign")
    french = phonenumbers.region_code_for_number(number) in FRENCH_PHONE_REGIONS[:6]
    form = phonenumbers.PhoneNumberFormat.NATIONAL if french else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def _parse_phone(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def check_email(typed: str) -> str:
    """An e-mail address, loosely: one @, a domain with a dot, no space."""
    address = tidy(typed)
    if not address:
        raise AnswerError("reg.error.line_missing")
    if "@" not in address:
        raise AnswerError("reg.error.email_at")
    if not _EMAIL.match(address) or ".." in address or len(address) > EMAIL_LENGTH_MAX:
        raise AnswerError("reg.error.email_form")
    return address


def check_postal_code(typed: str) -> str:
    """Five digits. Whether the code exists is for ``kiosk.models.communes`` to say."""
    digits = typed.replace(" ", "").replace(NBSP, "")
    if not _are_digits(digits):
        raise AnswerError("reg.error.postal_digits")
    gap = POSTAL_CODE_DIGITS - len(digits)
    if gap:
        raise AnswerError("reg.error.digits_missing" if gap > 0 else "reg.error.digits_extra", count=abs(gap))
    return digits


def check_ft_number(typed: str) -> str:
    """A numéro France Travail: 11 digits (new), or 7 digits and one letter or digit (old)."""
    number = "".join(letter for letter in typed.upper() if letter not in f" .-{NBSP}")
    if not _FT_NUMBER.match(number):
        raise AnswerError("reg.error.ft_number")
    return number
