"""The words of the prepared registration: typography, length of sentences, and what is never said."""

from __future__ import annotations

import pytest

from content.typography import faults, sentences, words
from kiosk.words.registration import WORDS

SIMPLE_MAX, FRENCH_MAX = 12, 20


@pytest.mark.parametrize("key", list(WORDS))
def test_a_sentence_is_well_set_and_short(key: str) -> None:
    variants = WORDS[key]
    for text in variants.values():
        assert faults(text) == []
    assert all(len(words(one)) <= FRENCH_MAX for one in sentences(variants["fr"]))
    assert all(len(words(one)) <= SIMPLE_MAX for one in sentences(variants.get("fr-simple", variants["fr"])))


def test_nobody_is_called_registered_and_nothing_is_exclaimed() -> None:
    said = " ".join(text for variants in WORDS.values() for text in variants.values())
    for forbidden in ("vous êtes inscrit", "Inscription validée", "veuillez", "usager", "!"):
        assert forbidden.lower() not in said.lower()


def test_the_simple_variant_never_leaves_a_placeholder_out() -> None:
    for variants in WORDS.values():
        braces = {text.count("{") for text in variants.values()}
        assert len(braces) == 1
