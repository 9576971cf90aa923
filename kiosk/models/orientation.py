"""« Qui m’accompagne ? »: a few questions, and which organisation decides. Indicative, with its rule; never a decision.

The order of the rule is ours, what each organisation may do is the law's and is content (flow ``orientation``, dated
and sourced). No path and no modality is computed here (facts/domain.md §5). The answers live in the visit's drafts,
under a key that is gone with it: nothing of RSA or handicap is written down. No Flet here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.visit import Drafts

FLOW = "orientation"
YES, NO, RATHER_NOT, UNKNOWN = "yes", "no", "rather_not", "unknown"
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


def end_of(answers: Mapping[str, str]) -> str | None:
    """The screen of the content that answers, or None while a question is open."""
    last = questions_for(answers)[-1]
    if last not in answers:
        return None
    return ENDS[last] if answers[last] == YES and last in ENDS else OTHERWISE


@dataclass(frozen=True)
class Standing:
    """Where a person is: the question asked, its number, what they answered before; or the screen that answers."""

    question: str
    number: int
    chosen: str | None
    end: str | None


class Orientation:
    """One person's way through the questions.

    Args:
        drafts: of the visit; going back loses nothing of it.
    """

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts

    @property
    def standing(self) -> Standing:
        """Where the person is."""
        answers, at = self._read()
        asked = questions_for(answers)
        number = min(at, len(asked) - 1)
        ended = end_of(answers) if at >= len(asked) else None
        return Standing(asked[number], number + 1, answers.get(asked[number]), ended)

    def answer(self, question: str, answer: str) -> None:
        """Notes an answer and goes on; later answers that no longer follow from it are forgotten.

        Raises:
            ValueError: no such answer to this question.
        """
        if answer not in ANSWERS[question]:
            raise ValueError("no such answer")
        answers, at = self._read()
        answers[question] = answer
        kept = {name: answers[name] for name in questions_for(answers) if name in answers}
        self._write(kept, at + 1)

    def back(self) -> bool:
        """To the question before. False at the first one."""
        answers, at = self._read()
        if at == 0:
            return False
        self._write(answers, min(at, len(questions_for(answers))) - 1)
        return True

    def forget(self) -> None:
        """As if nothing had been answered."""
        self._drafts.forget(FLOW)

    def _read(self) -> tuple[dict[str, str], int]:
        kept = self._drafts.get(FLOW) or {}
        return dict(kept.get("answers", {})), int(kept.get("at", 0))

    def _write(self, answers: Mapping[str, str], at: int) -> None:
        self._drafts.put(FLOW, {"answers": dict(answers), "at": at})
