"""The sheets of the dock: language, size of the text, and the question before the end of a visit."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import flet as ft

from kiosk.parts.choices import Arrangement, Mark, arrangement, choice_card, in_columns
from kiosk.parts.controls import paragraph, second_button, translation_note
from kiosk.parts.frame import Primary, screen
from kiosk.tokens import TEXT_STEPS_PERCENT
from kiosk.visit import Visit
from kiosk.wording import LANGUAGES


def sheet(visit: Visit, title: str, body: Sequence[ft.Control]) -> ft.Control:
    """A sheet over the screen, with « Fermer » as its primary action."""
    close = Primary(visit.say("frame.close"), lambda: visit.open_sheet(None), icon_name="check")
    return screen(visit, title=title, body=body, primary=close)


@ft.component
def LanguageSheet(visit: Visit, actions: Any) -> ft.Control:
    """« Quelle langue ? »: each by its own name, and what a translation is worth."""
    del actions
    stands = Arrangement(1 if visit.look.large_text or visit.look.small else 2)
    cards: list[ft.Control] = [
        choice_card(visit, name, partial(visit.speak, code), selected=visit.language == code, stands=stands)
        for code, name in LANGUAGES.items()
    ]
    body = [in_columns(visit, cards, stands.columns), paragraph(visit, visit.say("language.note"), soft=True)]
    worth = translation_note(visit)
    return sheet(visit, visit.say("language.title"), [*body, *([worth] if worth else [])])


@ft.component
def TextSheet(visit: Visit, actions: Any) -> ft.Control:
    """« Quelle taille de texte ? »: the sheet itself shows the size chosen."""
    del actions
    stands = arrangement(visit, len(TEXT_STEPS_PERCENT))
    cards: list[ft.Control] = [
        choice_card(
            visit,
            visit.say(f"text.{step}"),
            partial(visit.set_text, step),
            selected=visit.look.text_percent == step,
            detail=f"{step}\u00a0%",
            mark=Mark("text-aa", share=0.4 * step / 100),
            stands=stands,
        )
        for step in TEXT_STEPS_PERCENT
    ]
    return sheet(visit, visit.say("text.title"), [in_columns(visit, cards, stands.columns)])


@ft.component
def FinishSheet(visit: Visit, actions: Any) -> ft.Control:
    """« Terminer maintenant ? » says what will be erased before it is."""
    del actions
    return screen(
        visit,
        title=visit.say("ending.confirm_title"),
        body=[
            paragraph(visit, visit.say("ending.confirm_detail")),
            second_button(visit, visit.say("ending.stay"), lambda: visit.open_sheet(None), icon_name="arrow-left"),
        ],
        primary=Primary(visit.say("ending.finish"), visit.end, icon_name="sign-out"),
    )
