"""Every sentence of the interface: what a reader of simple French is shown is short, and numbers keep their unit."""

from __future__ import annotations

import re

from content.lint import WORDS_MAX
from content.pack import SIMPLE
from content.typography import faults, sentences, words
from kiosk.said import Said, french_of
from kiosk.wording import capped, say, uncapped
from kiosk.wording import words as tables

CUT_FROM_ITS_UNIT = re.compile(r"[0-9}][ \u202f](?:minutes?|jours?|mois|ans?|h|km)\b")


def test_a_sentence_of_simple_french_has_twelve_words_at_most() -> None:
    """As shown: where there is no simple variant, the French is what they read."""
    shown = {key: sentences(say(key, SIMPLE)) for key in tables()}
    long = {key: one for key, said in shown.items() for one in said if len(words(one)) > WORDS_MAX[SIMPLE]}
    assert long == {}


def test_a_sentence_is_well_set_and_no_line_cuts_a_number_from_its_unit() -> None:
    said = {(key, language): text for key, variants in tables().items() for language, text in variants.items()}
    assert {which: faults(text) for which, text in said.items() if faults(text)} == {}
    assert {which: text for which, text in said.items() if CUT_FROM_ITS_UNIT.search(text)} == {}


def test_what_follows_a_colon_has_no_capital() -> None:
    assert say("desk.hours", hours=uncapped("Du lundi au vendredi", "fr")) == "Ouvert\u00a0: du lundi au vendredi"
    assert uncapped("", "fr") == ""
    typed = uncapped("Du lundi au vendredi", "en")
    assert (typed, french_of(typed)) == ("Du lundi au vendredi", "du lundi au vendredi"), "typed in French by the site"
    full = uncapped(say("events.state.full", "en"), "en")
    assert (full, french_of(full)) == ("full", "complet")


def test_turkish_keeps_its_two_letters_i() -> None:
    assert uncapped(Said("İki yer", "Deux places"), "tr") == "iki yer"
    assert capped(Said("iki gün sonra", "dans deux jours"), "tr") == "İki gün sonra"
    assert capped(Said("ılık", "tiède"), "tr") == "Ilık"
    assert french_of(capped(say("time.in_two_days", "tr"), "tr")) == "Dans deux jours"
