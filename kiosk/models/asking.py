"""A few questions, then the screen of the content that answers: « Qui m’accompagne ? », « Suis-je concerné ? ».

The order of the questions is the rule of each (``Rule``, pure); what the law says is content, dated and sourced. The
answers live in the visit's drafts, under a key that is gone with it: nothing of RSA or handicap is written down.
No Flet here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kiosk.visit import Drafts

YES, NO, RATHER_NOT, UNKNOWN = "yes", "no", "rather_not", "unknown"
Answers = Mapping[str, str]


@dataclass(frozen=True)
class Rule:
    """Which questions are asked, in order, and what answers them.

    Attributes:
        flow: the flow of the content that holds the answers; the answers given are kept under the same name.
        answers: what may be answered to each question.
        questions: the questions of a person who answered so far, up to the first open one or to the one that decides.
        end: the id of the screen that answers, or ``None`` while a question is open.
    """

    flow: str
    answers: Mapping[str, tuple[str, ...]]
    questions: Callable[[Answers], tuple[str, ...]]
    end: Callable[[Answers], str | None]


@dataclass(frozen=True)
class Standing:
    """Where a person is: the question asked, its number, what they answered before; or the screen that answers."""

    question: str
    number: int
    chosen: str | None
    end: str | None


class Asking:
    """One person's way through the questions of a rule.

    Args:
        drafts: of the visit; going back loses nothing of it.
        rule: the questions.
    """

    def __init__(self, drafts: Drafts, rule: Rule) -> None:
        self._drafts = drafts
        self.rule = rule

    @property
    def standing(self) -> Standing:
        """Where the person is."""
        answers, at = self._read()
        asked = self.rule.questions(answers)
        number = min(at, len(asked) - 1)
        ended = self.rule.end(answers) if at >= len(asked) else None
        return Standing(asked[number], number + 1, answers.get(asked[number]), ended)

    def answer(self, question: str, answer: str) -> None:
        """Notes an answer and goes on; later answers that no longer follow from it are forgotten.

        Raises:
            ValueError: no such answer to this question.
        """
        if answer not in self.rule.answers[question]:
            raise ValueError("no such answer")
        answers, at = self._read()
        answers[question] = answer
        kept = {name: answers[name] for name in self.rule.questions(answers) if name in answers}
        self._write(kept, at + 1)

    def back(self) -> bool:
        """To the question before. False at the first one."""
        answers, at = self._read()
        if at == 0:
            return False
        self._write(answers, min(at, len(self.rule.questions(answers))) - 1)
        return True

    def forget(self) -> None:
        """As if nothing had been answered."""
        self._drafts.forget(self.rule.flow)

    def _read(self) -> tuple[dict[str, str], int]:
        kept = self._drafts.get(self.rule.flow) or {}
        return dict(kept.get("answers", {})), int(kept.get("at", 0))

    def _write(self, answers: Answers, at: int) -> None:
        self._drafts.put(self.rule.flow, {"answers": dict(answers), "at": at})
