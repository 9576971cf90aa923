"""French typography: what is repaired, what is found, how words are counted."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.typography import faults, long_date, sentences, typeset, words

FRENCH = st.text(alphabet="abcé ’'«»:;?!.,15 \u00a0", max_size=60)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Quel est votre nom ?", "Quel est votre nom\u00a0?"),
        ("En général : oui ; non !", "En général\u00a0: oui\u00a0; non\u00a0!"),
        ("l'emploi", "l’emploi"),
        ("« Mes échanges »", "«\u00a0Mes échanges\u00a0»"),
        ("14 h 30, 15 heures, 10 jours", "14\u00a0h\u00a030, 15\u00a0heures, 10\u00a0jours"),
        ("Le 10 novembre", "Le 10 novembre"),
    ],
)
def test_plain_typing_is_typeset(typed: str, shown: str) -> None:
    assert typeset(typed) == shown


@settings(deadline=None)
@given(FRENCH)
def test_typesetting_twice_changes_nothing_more(text: str) -> None:
    assert typeset(typeset(text)) == typeset(text)


@settings(deadline=None)
@given(FRENCH)
def test_typesetting_keeps_every_letter(text: str) -> None:
    def letters(value: str) -> str:
        return "".join(c for c in value if c.isalnum())

    assert letters(typeset(text)) == letters(text)


@pytest.mark.parametrize("text", ["Nom?", "Voici: oui", "«Oui»", "l'emploi", "Nom ?", "Attendez..."])
def test_wrong_typography_is_found(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize("text", ["Nom\u00a0?", "«\u00a0Oui\u00a0»", "l’emploi", "À 14:30", "Attendez…"])
def test_right_typography_is_left_alone(text: str) -> None:
    assert faults(text) == []


def test_sentences_end_at_full_stops_and_questions_only() -> None:
    text = "L. 5411-6 dit\u00a0: ceci. Et cela\u00a0? Oui."
    assert sentences("Un point. Deux\u00a0? Trois… Fin") == ["Un point.", "Deux\u00a0?", "Trois…", "Fin"]
    assert sentences(text)[-1] == "Oui."


def test_words_joined_by_an_apostrophe_or_a_hyphen_count_for_one() -> None:
    assert words("L’emploi, un rendez-vous\u00a0: 15 heures.") == ["L’emploi", "un", "rendez-vous", "15", "heures"]


def test_a_date_is_written_in_full() -> None:
    assert long_date(date(2027, 1, 1)) == "1er\u00a0janvier\u00a02027"
    assert long_date(date(2026, 8, 21)) == "21\u00a0août\u00a02026"
