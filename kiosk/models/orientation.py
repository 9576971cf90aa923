"""« Qui m’accompagne ? »: a few questions, and which organisation decides. Indicative, with its rule; never a decision.

The order of the rule is ours, what each organisation may do is the law's and is content (flow ``orientation``, dated
and sourced). Who decides for a person with the RSA is the site's setting: the département may have delegated it. No
path and no modality is computed here (docs/sources.md, orientation). No Flet here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from kiosk.models.asking import NO, RATHER_NOT, UNKNOWN, YES, Asking, Rule
from kiosk.visit import Drafts

__all__ = [
    "ANSWERS", "ENDS", "FLOW", "NO", "OTHERWISE", "RSA_DELEGATED", "YES", "Orientation", "end_of", "questions_for",
]  # fmt: skip

FLOW = "orientation"
FOLLOWED, RSA, YOUNG, LOCAL_MISSION, CAP_EMPLOI = "followed", "rsa", "young", "local_mission", "cap_emploi"
ANSWERS: Mapping[str, tuple[str, ...]] = {
    FOLLOWED: (YES, NO, UNKNOWN),
    RSA: (YES, NO, RATHER_NOT),
    YOUNG: (YES, NO),
    LOCAL_MISSION: (YES, NO),
    CAP_EMPLOI: (YES, NO, RATHER_NOT),
}
"""What may be answered to each question; words in kiosk/words/orientation.py under ``who.QUESTION.*``."""
ENDS = {
    FOLLOWED: "orientation-suivi", RSA: "orientation-rsa", LOCAL_MISSION: "orientation-mission-locale",
    CAP_EMPLOI: "orientation-cap-emploi",
}  # fmt: skip
"""A « oui » to one of these ends the questions with that screen of the content."""
RSA_DELEGATED = "orientation-rsa-delegue"
"""What a « oui » to the RSA ends with where the département has delegated the orientation to France Travail."""
OTHERWISE = "orientation-france-travail"


def questions_for(answers: Mapping[str, str]) -> tuple[str, ...]:
    """The questions of a person who answered so far, in order: up to the first without an answer, or to a « oui »."""
    found: list[str] = []
    for question in ANSWERS:
        if question == LOCAL_MISSION and answers.get(YOUNG) != YES:
            continue
        found.append(question)
        answer = answers.get(question)
        if answer is None or (answer == YES and question in ENDS):
            break
    return tuple(found)


def end_of(answers: Mapping[str, str], *, delegated: bool) -> str | None:
    """The screen of the content that answers, or None while a question is open.

    Args:
        delegated: whether the département of this site has delegated the orientation of those with the RSA.
    """
    last = questions_for(answers)[-1]
    if last not in answers:
        return None
    if delegated and last == RSA and answers[last] == YES:
        return RSA_DELEGATED
    return ENDS[last] if answers[last] == YES and last in ENDS else OTHERWISE


class Orientation(Asking):
    """One person's way through these questions."""

    def __init__(self, drafts: Drafts, *, delegated: bool) -> None:
        super().__init__(drafts, Rule(FLOW, ANSWERS, questions_for, partial(end_of, delegated=delegated)))
