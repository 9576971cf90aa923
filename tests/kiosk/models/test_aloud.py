"""What is read of a screen, in which voice; from plain blocks."""

from __future__ import annotations

import pytest

from kiosk.models.aloud import Block, Part, Spoken, clean, lines, spoken
from kiosk.models.spoken import spelled

VOICES = ("fr", "fr-simple", "en", "uk")


def speaks(language: str) -> bool:
    return language in VOICES


def words(*said: str, french: str | None = None) -> tuple[Part, ...]:
    return tuple(Part(one, french) for one in said)


def test_the_title_is_read_first_whatever_stands_above_it() -> None:
    blocks = [
        Block("words", words("Étape 1 sur 5")),
        Block("title", words("De quoi parler ?")),
        Block("words", words("Un")),
    ]
    assert [one.words for one in spoken(blocks, "fr", speaks)] == ["De quoi parler ?", "Étape 1 sur 5.", "Un."]


def test_a_choice_says_its_words_its_detail_and_that_it_is_chosen_in_one_stretch() -> None:
    card = Block("choice", words("Normale", "100\u00a0%"), chosen=True)
    assert spoken([card], "fr", speaks) == [Spoken("Normale. 100 %. Choisi.", "fr")]


def test_a_button_says_that_it_is_one_and_why_it_cannot_be_touched_yet() -> None:
    said = spoken(
        [Block("button", words("Continuer")), Block("button", words("Choisissez"), possible=False)], "fr", speaks
    )
    assert [one.words for one in said] == ["Bouton : Continuer.", "Pas encore possible : Choisissez."]


def test_what_was_typed_is_told_of_once_and_never_read() -> None:
    said = spoken([Block("private"), Block("words", words("Prénom")), Block("private")], "fr", speaks)
    assert [one.words for one in said] == ["Ce que vous avez écrit n’est pas lu ici.", "Prénom."]


def test_words_that_nobody_translated_are_read_in_french_and_figures_in_the_visitors_voice() -> None:
    blocks = [
        Block("words", words("Place kept", french="Place gardée")),
        Block("words", words("Atelier CV", "14 h 30")),
    ]
    said = spoken(blocks, "en", speaks)
    assert said == [Spoken("Place kept.", "en"), Spoken("Atelier CV.", "fr"), Spoken("14 h 30.", "en")]


def test_a_language_is_named_in_its_own_voice_or_as_it_is_called_here() -> None:
    said = spoken([Block("choice", words("English")), Block("choice", words("العربية"))], "fr", speaks)
    assert said == [Spoken("English.", "en"), Spoken("Arabe.", "fr")]


def test_a_language_without_a_voice_is_read_in_the_french_that_stands_beside_it() -> None:
    blocks = [Block("title", words("مرحبا", french="Bonjour.")), Block("words", words("كلمة"))]
    assert spoken(blocks, "ar", speaks, french=True) == [Spoken("Bonjour.", "fr-simple")]


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        ("Touchez l’écran\npour commencer", "Touchez l’écran pour commencer."),
        ("Environ 10 minutes.\nVous repartez", "Environ 10 minutes. Vous repartez."),
        ("Une ligne\nUne autre", "Une ligne. Une autre."),
        ("mardi · 10 h", "mardi, 10 h."),
        ("•\u00a0Un point", "Un point."),
        ("\u2066Oui ?\u2069", "Oui ?"),
        (" · ", ""),
        ("–", ""),
    ],
)  # fmt: skip
def test_words_are_made_ready_for_a_voice(drawn: str, read: str) -> None:
    assert clean(drawn) == read


def test_a_code_begins_with_a_short_stretch_and_loses_no_letter() -> None:
    text = spelled("K7F M2Q XP4R", "fr")
    said = lines(text, "fr", slow=True)
    assert len(said[0].words) < 60
    assert all(one.slow and len(one.words) < 260 for one in said)
    assert " ".join(one.words for one in said) == " ".join(clean(line) for line in text.split("\n"))
