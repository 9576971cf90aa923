"""The list « Préparer votre rendez-vous »: what is ticked on the screen, and the paper to take away. No Flet here.

Ticks live in the visit's drafts and are gone with it. They are kept by place (which list, which line), so that a
change of language keeps them: a screen has the same lists in every language (``content.lint``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from content.view import ScreenView
from kiosk import times
from kiosk.shown import source
from kiosk.views import SiteView
from kiosk.visit import Drafts
from kiosk.wording import say

DRAFT, SCREEN = "liste", "contrat-preparer"
"""Where the ticks are kept, and the screen of the content that holds the lists."""


@dataclass(frozen=True)
class PaperLine:
    """One thing to bring or to say; ``ready`` when the person ticked it."""

    text: str
    ready: bool


@dataclass(frozen=True)
class PaperGroup:
    """Lines under one title, which may be empty."""

    title: str
    lines: tuple[PaperLine, ...]


@dataclass(frozen=True)
class ChecklistPaper:
    """Everything the paper shows, in words; nothing on it says whose it is.

    ``made`` are two short lines, the day and the hour on the clocks of the site; ``notes`` are the sentences of the
    content that go with the lists; ``source`` says where the words come from and of when they are.
    """

    title: str
    groups: tuple[PaperGroup, ...]
    notes: tuple[str, ...]
    source: str
    place: str
    made: tuple[str, str]


class Checklist:
    """What one person ticked.

    Args:
        drafts: of the visit.
    """

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts

    def ready(self, group: int, line: int) -> bool:
        """True when that line of that list (both from 0) is ticked."""
        return [group, line] in self._ticked()

    def toggle(self, group: int, line: int) -> None:
        """Ticks a line, or takes the tick away."""
        ticked, one = self._ticked(), [group, line]
        kept = [other for other in ticked if other != one] if one in ticked else [*ticked, one]
        self._drafts.put(DRAFT, {"ticked": kept})

    def paper(self, view: ScreenView, site: SiteView, now: datetime) -> ChecklistPaper:
        """The paper of a screen of the content, in its language.

        Args:
            view: a screen with at least one block of kind ``checklist``.
            site: where it is made.
            now: the present moment, UTC.
        """
        lists = [block for block in view.blocks if block.kind == "checklist"]
        groups = tuple(
            PaperGroup(
                block.text, tuple(PaperLine(item, self.ready(number, at)) for at, item in enumerate(block.items))
            )
            for number, block in enumerate(lists)
        )
        return ChecklistPaper(
            title=say("list.title", view.language),
            groups=groups,
            notes=tuple(block.text for block in view.blocks if block.kind in ("text", "notice")),
            source=source(view, view.language),
            place=site.name,
            made=(times.day_of(now, site.zone, view.language), times.hour(now, site.zone, view.language)),
        )

    def _ticked(self) -> list[list[int]]:
        kept = self._drafts.get(DRAFT) or {}
        return [list(one) for one in kept.get("ticked", ())]
