"""A text of the content as a screen shows it: for this site, its French beside each word, and what is to be said of it.

Content knows of no `Said`: here is the seam. Whatever a screen, a sheet or a paper shows of the content comes from
`screens` or through `shown`, so that no other language is ever without its French. No Flet here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from content.errors import UnknownScreen
from content.shelf import Shelf
from content.view import AddressView, BlockView, ScreenView
from kiosk.said import Said, joined
from kiosk.times import date_in_words
from kiosk.views import SiteView
from kiosk.wording import say


class HasContent(Protocol):
    """What is needed of ``kiosk.actions.Actions``."""

    @property
    def shelf(self) -> Shelf:
        """The content."""

    def now(self) -> datetime:
        """Now, UTC."""

    def site(self) -> SiteView:
        """The site."""


def screens(actions: HasContent, flow: str, language: str) -> tuple[ScreenView, ...]:
    """The screens of a flow in force, as they are shown here; none where this release has no such flow."""
    site = actions.site()
    try:
        found = actions.shelf.screens(flow, language, now=actions.now().date())
    except UnknownScreen:
        return ()
    return tuple(shown(view.filled({"site_name": site.name, "site_phone": site.phone})) for view in found)


def shown(view: ScreenView) -> ScreenView:
    """The same screen, its French beside each of its words; a screen in French as it is, but for its buttons."""
    nav = tuple(replace(way, label=Said(way.label, way.french)) if way.french else way for way in view.nav)
    if view.french is None:
        return replace(view, nav=nav)
    blocks = tuple(_beside(one, french) for one, french in zip(view.blocks, view.french.blocks, strict=True))
    return replace(view, title=Said(view.title, view.french.title), blocks=blocks, nav=nav)


def shown_address(view: AddressView) -> AddressView:
    """The same of an address of the guided window."""
    french = view.french
    return (
        view
        if french is None
        else replace(view, title=Said(view.title, french.title), text=Said(view.text, french.text))
    )


def _beside(block: BlockView, french: BlockView) -> BlockView:
    legend = zip(block.legend, french.legend, strict=True)
    return replace(
        block,
        text=_said(block.text, french.text),
        items=tuple(Said(item, other) for item, other in zip(block.items, french.items, strict=True)),
        # An illustration's name is the program's.
        name=_said(block.name, french.name) if block.kind == "term" else block.name,
        alt=_said(block.alt, french.alt),
        detail=_said(block.detail, french.detail),
        legend=tuple(replace(item, text=Said(item.text, other.text)) for item, other in legend),
    )


def _said(words: str, french: str) -> str:
    return Said(words, french) if words else words


def listed(view: ScreenView) -> str:
    """The title of a screen where one chooses it from a list: in the visitor's language, if it has one at all."""
    return Said(view.own_title, view.title) if view.own_title else view.title


def doubtful(views: Sequence[ScreenView]) -> bool:
    """True where a title of the list (``listed``) is of a translation that nobody has reviewed."""
    return any(view.own_title or is_unreviewed(view) for view in views)


def is_unreviewed(view: ScreenView | AddressView) -> bool:
    """True for a text in another language that nobody has reviewed."""
    return view.french is not None and not view.reviewed_by


def source(view: ScreenView, language: str) -> str:
    """Of when the words are, which edition, from where; and in another language, who reviewed it.

    The names of the sources are French, and stand in the French line only.
    """
    if view.french is None:
        return view.source_line
    as_of = say(
        "content.as_of", language, day=date_in_words(view.as_of, language, with_year=True), version=view.version
    )
    parts: list[str] = [Said(as_of, view.source_line)]
    if view.reviewed_by and view.reviewed_on is not None:
        name, day = view.reviewed_by, date_in_words(view.reviewed_on, language, with_year=True)
        parts.append(say("content.reviewed", language, name=name, day=day))
    return joined(" ", parts)
