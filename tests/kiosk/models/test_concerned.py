"""« Suis-je concerné ? »: every person gets the answer of the rule, and the law's dates are the content's."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from content.shelf import Shelf
from kiosk.models.concerned import (
    ANSWERS,
    BEFORE,
    ENDS,
    FLOW,
    NO,
    OTHERWISE,
    REGISTERED,
    RSA,
    SIGNED,
    TRANSITION,
    UNKNOWN,
    YES,
    Concerned,
    end_of,
    in_transition,
    questions_for,
)
from kiosk.visit import Drafts
from kiosk.wording import words


def as_written(answers: dict[str, str], *, transition: bool) -> str:
    """The rule of the law, word by word (docs/sources.md, contract)."""
    if answers[REGISTERED] == NO:
        return "concerne-pas-inscrit"
    if answers[REGISTERED] == UNKNOWN:
        return "concerne-a-verifier"
    if answers[RSA] == YES:
        return "concerne-rsa"
    if answers[SIGNED] == YES:
        return "concerne-signe"
    if transition and answers[BEFORE] == YES:
        return "concerne-transition"
    return "concerne-oui"


@pytest.mark.parametrize("transition", [True, False])
def test_every_person_gets_the_answer_of_the_rule_and_no_question_too_many(transition: bool) -> None:
    for given in product(*ANSWERS.values()):
        whole = dict(zip(ANSWERS, given, strict=True))
        way, asked = Concerned(Drafts(), transition=transition), []
        while way.standing.end is None:
            asked.append(way.standing.question)
            way.answer(way.standing.question, whole[way.standing.question])
        assert way.standing.end == as_written(whole, transition=transition)
        assert len(asked) == len({*asked})
        assert transition or BEFORE not in asked


def test_every_answer_is_a_screen_of_the_shipped_content_in_both_languages() -> None:
    for language in ("fr", "fr-simple"):
        found = {view.id for view in Shelf.open().screens(FLOW, language, now=date(2026, 11, 22))}
        assert found == {*ENDS.values(), OTHERWISE}


@pytest.mark.parametrize("language", ["fr", "fr-simple"])
def test_every_answer_says_why_that_it_is_no_decision_and_whom_to_ask(language: str) -> None:
    for view in Shelf.open().screens(FLOW, language, now=date(2026, 11, 22)):
        said = " ".join(view.speech)
        assert "ourquoi" in said
        assert "Ce n’est pas une décision" in said
        assert "rganisme" in said
        assert view.sources
        assert view.nav, "a way on"


NEVER_SAID = {
    "concerne-transition": ("pas encore signé", "vous n’avez pas signé", "suivi", "suivait"),
    "concerne-oui": ("pas encore signé", "vous n’avez pas signé"),
    "concerne-rsa": ("Vous avez le RSA (revenu de solidarité active).", "j’ai le RSA"),
}
"""Whoever does not know whether they signed, or has only asked for the RSA, comes to these screens too."""


@pytest.mark.parametrize("language", ["fr", "fr-simple"])
@pytest.mark.parametrize("end", list(NEVER_SAID))
def test_a_reason_says_only_what_everybody_who_comes_there_answered(end: str, language: str) -> None:
    (view,) = (one for one in Shelf.open().screens(FLOW, language, now=date(2026, 12, 1)) if one.id == end)
    said = " ".join(view.speech)
    assert [words_ for words_ in NEVER_SAID[end] if words_ in said] == []


def test_the_time_of_those_who_were_followed_before_ends_with_its_screen() -> None:
    shelf = Shelf.open()
    assert in_transition(shelf.screens(FLOW, "fr", now=date(2027, 1, 1)))
    assert not in_transition(shelf.screens(FLOW, "fr", now=date(2027, 1, 2)))
    (view,) = (one for one in shelf.screens(FLOW, "fr", now=date(2026, 12, 1)) if one.id == TRANSITION)
    assert view.valid_to == date(2027, 1, 1)
    assert "jusqu’au 1er janvier 2027" in " ".join(view.speech)


def test_nothing_is_left_after_the_visit() -> None:
    drafts = Drafts()
    way = Concerned(drafts, transition=True)
    way.answer(REGISTERED, YES)
    way.answer(RSA, YES)
    drafts.wipe()
    assert (way.standing.question, way.standing.chosen) == (REGISTERED, None)


def test_nothing_is_answered_before_a_question_and_every_question_has_its_words() -> None:
    assert end_of({}, transition=True) is None
    assert questions_for({}, transition=True) == (REGISTERED,)
    for question, answers in ANSWERS.items():
        for key in (question, f"{question}.why", *(f"{question}.{one}" for one in answers)):
            assert words()[f"concerned.{key}"]
