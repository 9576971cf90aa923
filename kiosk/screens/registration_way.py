"""What every step of the prepared registration needs: the visit, the view model, and how to be drawn again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flet as ft

from kiosk.models.registration import Problem, QuestionView
from kiosk.models.registration import Registration as Model
from kiosk.parts.controls import quiet_button
from kiosk.parts.frame import Progress
from kiosk.tokens import CLOSE_PX
from kiosk.visit import MENU, Visit


@dataclass(frozen=True)
class Way:
    """What every step needs: the visit, the view model, and how to be drawn again."""

    visit: Visit
    model: Model
    redraw: Callable[[], None]

    def answer(self, form: Mapping[str, str] | None = None, chosen: Sequence[str] = ()) -> Problem | None:
        """Answers and shows what follows; returns what to correct, if anything."""
        problem = self.model.answer(form, chosen)
        if problem is None:
            self.redraw()
        return problem

    def on(self) -> None:
        """« Continuer » where there is nothing to answer."""
        self.answer()

    def skip(self) -> None:
        """Answers without an answer."""
        self.model.skip()
        self.redraw()

    def back(self, form: Mapping[str, str] | None = None) -> None:
        """One screen back, or to the menu."""
        if self.model.back(form):
            self.redraw()
        else:
            self.visit.go(MENU)

    def do(self, act: Callable[..., Any], *values: Any) -> Callable[[], None]:
        """A handler that does ``act(*values)``, then draws again."""

        def handler() -> None:
            act(*values)
            self.redraw()

        return handler

    def progress(self, question: QuestionView) -> Progress | None:
        """Where one is; left out where the keys leave no room for it (a low screen)."""
        if question.fields and self.visit.look.tall < CLOSE_PX:
            return None
        return Progress(question.section, question.number, question.count)

    def ways_out(self, question: QuestionView) -> list[ft.Control]:
        """« Je n’ai pas de téléphone », « Répondre avec l’accueil »: quiet buttons under a question."""
        visit = self.visit
        found: list[ft.Control] = []
        if question.skip:
            found.append(quiet_button(visit, question.skip, self.skip, icon_name="prohibit", expand=True))
        found.append(self.desk_button(expand=bool(found)))
        if visit.look.large_text:
            column = ft.CrossAxisAlignment.STRETCH
            return [
                ft.Column([*_unexpanded(found)], spacing=visit.look.apart(16), tight=True, horizontal_alignment=column)
            ]
        return [ft.Row(found, spacing=visit.look.px(20))]

    def desk_button(self, *, expand: bool | None = None) -> ft.Control:
        """« Répondre avec l’accueil »."""
        words, visit = self.visit.say("reg.with_desk"), self.visit
        return quiet_button(visit, words, lambda: visit.open_sheet("desk"), icon_name="hand-waving", expand=expand)


def _unexpanded(controls: list[ft.Control]) -> list[ft.Control]:
    for control in controls:
        control.expand = None
    return controls
