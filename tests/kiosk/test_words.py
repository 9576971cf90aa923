"""Every sentence of the interface: what a reader of simple French is shown is short, and numbers keep their unit."""

from __future__ import annotations

import re

from content.lint import WORDS_MAX
from content.pack import SIMPLE
from content.typography import faults, sentences, words
from kiosk.wording import say, uncapped
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
