"""« Qui m’accompagne ? »: the rule as docs/sources.md (orientation) has it, and a way back that loses nothing."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.shelf import Shelf
from kiosk.models.orientation import (
    ANSWERS,
    CAP_EMPLOI,
    ENDS,
    FOLLOWED,
    LOCAL_MISSION,
    NO,
    OTHERWISE,
    RSA,
    RSA_DELEGATED,
    YES,
    YOUNG,
    Orientation,
    end_of,
    questions_for,
)
from kiosk.visit import Drafts
from kiosk.wording import words


def as_written(answers: dict[str, str], *, delegated: bool) -> str:
    """The rule of the facts, word by word."""
    if answers[FOLLOWED] == YES:
        return "orientation-suivi"
    if answers[RSA] == YES:
        return "orientation-rsa-delegue" if delegated else "orientation-rsa"
    if answers[YOUNG] == YES and answers[LOCAL_MISSION] == YES:
        return "orientation-mission-locale"
    if answers[CAP_EMPLOI] == YES:
        return "orientation-cap-emploi"
    return "orientation-france-travail"


@pytest.mark.parametrize("delegated", [False, True])
@pytest.mark.parametrize("given_", list(product(*ANSWERS.values())))
def test_every_person_gets_the_answer_of_the_rule(given_: tuple[str, ...], delegated: bool) -> None:
    whole = dict(zip(ANSWERS, given_, strict=True))
    way, asked = Orientation(Drafts(), delegated=delegated), []
    while way.standing.end is None:
        asked.append(way.standing.question)
        way.answer(way.standing.question, whole[way.standing.question])
    assert way.standing.end == as_written(whole, delegated=delegated)
    assert len(asked) == len({*asked}), "no question twice"
    assert LOCAL_MISSION not in asked or whole[YOUNG] == YES


def test_every_answer_is_a_screen_of_the_shipped_content_in_both_languages() -> None:
    shelf = Shelf.open()
    for language in ("fr", "fr-simple"):
        found = {view.id for view in shelf.screens("orientation", language)}
        assert found == {*ENDS.values(), RSA_DELEGATED, OTHERWISE}


@pytest.mark.parametrize("language", ["fr", "fr-simple"])
def test_each_setting_names_the_body_that_decides_and_the_law_that_says_so(language: str) -> None:
    found = {view.id: view for view in Shelf.open().screens("orientation", language)}
    for screen_id, decides in (("orientation-rsa", "le conseil départemental"), (RSA_DELEGATED, "France Travail")):
        view = found[screen_id]
        key_fact = next(block.text for block in view.blocks if block.kind == "keyfact")
        assert decides.lower() in key_fact.lower()
        assert any("L. 5411-5-1" in source.label for source in view.sources)
    assert "conseil départemental" not in next(b.text for b in found[RSA_DELEGATED].blocks if b.kind == "keyfact")


@pytest.mark.parametrize("language", ["fr", "fr-simple"])
def test_where_nothing_was_said_of_the_rsa_the_rule_told_of_it_is_right_under_both_settings(language: str) -> None:
    for view in Shelf.open().screens("orientation", language):
        said = [block.text for block in view.blocks if "RSA" in block.text and "départemental" in block.text]
        if view.id not in {"orientation-rsa", RSA_DELEGATED}:
            assert all("France Travail" in one for one in said), view.id


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2)), max_size=30))
def test_going_back_and_forth_loses_no_answer_that_still_follows(moves: list[tuple[bool, int]]) -> None:
    way = Orientation(Drafts(), delegated=False)
    for goes_back, pick in moves:
        before = way.standing
        if goes_back:
            assert way.back() == (before.number > 1 or before.end is not None)
            continue
        if before.end is None:
            choices = ANSWERS[before.question]
            way.answer(before.question, choices[pick % len(choices)])
            assert way.standing.end is not None or way.standing.number == before.number + 1


def test_an_answer_that_is_changed_forgets_what_no_longer_follows() -> None:
    way = Orientation(Drafts(), delegated=False)
    for answer in (NO, NO, YES, YES):
        way.answer(way.standing.question, answer)
    assert way.standing.end == "orientation-mission-locale"
    way.back()
    way.back()
    assert (way.standing.question, way.standing.chosen) == (YOUNG, YES)
    way.answer(YOUNG, NO)
    assert (way.standing.question, way.standing.chosen) == (CAP_EMPLOI, None)


def test_the_first_question_has_nothing_before_it_and_a_wrong_answer_is_refused() -> None:
    way = Orientation(Drafts(), delegated=False)
    assert not way.back()
    with pytest.raises(ValueError, match="no such answer"):
        way.answer(FOLLOWED, "perhaps")
    assert end_of({}, delegated=True) is None
    assert questions_for({}) == (FOLLOWED,)


def test_nothing_is_left_after_the_visit() -> None:
    drafts = Drafts()
    way = Orientation(drafts, delegated=False)
    way.answer(FOLLOWED, NO)
    drafts.wipe()
    assert way.standing.question == FOLLOWED
    assert way.standing.chosen is None


def test_every_question_and_answer_has_its_words() -> None:
    for question, answers in ANSWERS.items():
        for key in (f"who.{question}", f"who.{question}.why", *(f"who.{question}.{one}" for one in answers)):
            assert words()[key]
