"""« Suis-je concerné par le contrat d’engagement ? »: four questions at most, then an answer with its rule.

Indicative, never a decision (docs/sources.md, contract): the contract binds whoever is registered, whoever asked for it
first and whoever was registered before alike; some persons with the RSA are exempt (R. 5411-15-2), and only their
organisation can tell who, so that the answer sends there. Those who were followed already when the law changed had
more time: that time is dated content, and its question is asked only as long as its screen is in force. No Flet here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from content.shelf import EXPIRED
from content.view import ScreenView
from kiosk.models.asking import NO, RATHER_NOT, UNKNOWN, YES, Asking, Rule
from kiosk.visit import Drafts

FLOW = "concerne"
REGISTERED, RSA, SIGNED, BEFORE = "registered", "rsa", "signed", "before"
ANSWERS: Mapping[str, tuple[str, ...]] = {
    REGISTERED: (YES, NO, UNKNOWN),
    RSA: (YES, NO, RATHER_NOT),
    SIGNED: (YES, NO, UNKNOWN),
    BEFORE: (YES, NO, UNKNOWN),
}
"""What may be answered to each question; words in kiosk/words/contract.py under ``concerned.QUESTION.*``."""
ENDS: Mapping[tuple[str, str], str] = {
    (REGISTERED, NO): "concerne-pas-inscrit",
    (REGISTERED, UNKNOWN): "concerne-a-verifier",
    (RSA, YES): "concerne-rsa",
    (SIGNED, YES): "concerne-signe",
    (BEFORE, YES): "concerne-transition",
}
"""These answers end the questions with that screen of the content."""
OTHERWISE = "concerne-oui"
TRANSITION = ENDS[BEFORE, YES]


def questions_for(answers: Mapping[str, str], *, transition: bool) -> tuple[str, ...]:
    """The questions of a person who answered so far, in order: up to the first open one, or to the one that decides.

    Args:
        transition: whether those who were followed before the law changed still have a time of their own.
    """
    found: list[str] = []
    for question in ANSWERS:
        if question == BEFORE and not transition:
            continue
        found.append(question)
        answer = answers.get(question)
        if answer is None or (question, answer) in ENDS:
            break
    return tuple(found)


def end_of(answers: Mapping[str, str], *, transition: bool) -> str | None:
    """The screen of the content that answers, or None while a question is open."""
    last = questions_for(answers, transition=transition)[-1]
    if last not in answers:
        return None
    return ENDS.get((last, answers[last]), OTHERWISE)


def in_transition(screens: Iterable[ScreenView]) -> bool:
    """True while the screen of those who were followed before is in force; its last day is the content's to say."""
    return any(view.id == TRANSITION and view.marker != EXPIRED for view in screens)


class Concerned(Asking):
    """One person's way through these questions."""

    def __init__(self, drafts: Drafts, *, transition: bool) -> None:
        rule = Rule(
            FLOW, ANSWERS, partial(questions_for, transition=transition), partial(end_of, transition=transition)
        )
        super().__init__(drafts, rule)
