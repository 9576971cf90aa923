"""What a drawn screen tells a listener: its blocks, found in the very controls that are shown, so that none is missed.

Whoever draws a screen says nothing twice. Two marks are set on controls: `PRIVATE` on what the person typed, whose
words are not even looked at, and `UNREAD` on what is not for the ear (the dock, the keys). `READ` is the root from
which a screen is read. A mark is no field of the control: it is sent to nobody, and where Flet puts a new control in
the place of an old one it does not pass on (its own `data` does, and a private word would make the next one private).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import flet as ft
from flet.components.component import Component

from kiosk.models.aloud import Block, Part
from kiosk.said import Said

PRIVATE, UNREAD, READ = "private", "unread", "read"
MARK = "_told"
Drawn = TypeVar("Drawn", bound=ft.BaseControl)


def marked(control: Drawn, mark: Any) -> Drawn:
    """The control with a mark: `PRIVATE`, `UNREAD` or `READ`, or the `Said` whose words a text shows."""
    object.__setattr__(control, MARK, mark)
    return control


def mark_of(control: Any) -> Any:
    """The mark of a control, or None."""
    return getattr(control, MARK, None)


def unread(control: Drawn) -> Drawn:
    """The control, marked as not for the ear."""
    return marked(control, UNREAD)


def blocks_of(page: ft.Page) -> list[Block]:
    """What is shown on a page, without its header and dock."""
    return [block for root in _roots(page.views[-1]) for block in _blocks(root)]


def _roots(control: Any) -> Iterator[Any]:
    if mark_of(control) == READ:
        yield control
        return
    for child in _children(control):
        yield from _roots(child)


def _children(control: Any) -> list[Any]:
    """What stands inside a control, in order; components unfolded, what is not seen left out."""
    if isinstance(control, list | tuple):
        return list(control)
    if isinstance(control, Component):
        return [control._b] if control._b is not None else []
    if getattr(control, "visible", True) is False:
        return []
    held = getattr(control, "controls", None)
    if held:
        return list(held) if isinstance(held, list | tuple) else [held]  # a page holds its root alone
    content = getattr(control, "content", None)
    return [content] if content is not None and not isinstance(content, str) else []


def _blocks(control: Any, *, chosen: bool | None = None) -> Iterator[Block]:
    """The blocks in a control; `chosen` is the state that stands around it, where there is one."""
    mark = mark_of(control)
    if mark == UNREAD or getattr(control, "visible", True) is False:
        return
    if mark == PRIVATE:
        yield Block("private")
    elif isinstance(control, ft.Text | ft.Image):
        if part := _part(control):
            yield Block("words", (part,))
    elif isinstance(control, ft.Button):
        yield from _button(control, chosen)
    elif isinstance(control, ft.TextField):
        if control.value:
            yield Block("private")
    elif isinstance(control, ft.Semantics):
        yield from _announced(control)
    else:
        for child in _children(control):
            yield from _blocks(child, chosen=chosen)


def _announced(control: ft.Semantics) -> Iterator[Block]:
    """What is announced as a title, a choice, a field, or under another name than it shows."""
    state = control.checked if control.checked is not None else control.selected
    if control.header:
        parts = tuple(_parts(control.content))
        yield Block("title" if control.heading_level == 1 else "words", parts)
    elif control.label:
        yield Block("words", (_worded(control.label),))
        if not (control.image or control.exclude_semantics):
            yield from (block for block in _blocks(control.content) if block.kind == "private")
    else:
        yield from _blocks(control.content, chosen=state)


def _button(button: ft.Button, chosen: bool | None) -> Iterator[Block]:
    parts = tuple(_parts(button.content))
    if chosen is not None:
        yield Block("choice", parts, chosen=chosen)
    elif parts:
        yield Block("button", parts, possible=not button.disabled)
    if any(block.kind == "private" for block in _blocks(button.content)):
        yield Block("private")


def _parts(control: Any) -> Iterator[Part]:
    """The words in a control, whatever it is made of; nothing private."""
    if mark_of(control) in (PRIVATE, UNREAD) or getattr(control, "visible", True) is False:
        return
    if isinstance(control, ft.Text | ft.Image):
        if part := _part(control):
            yield part
    elif isinstance(control, ft.Semantics) and control.label:
        yield _worded(control.label)
    else:
        for child in _children(control):
            yield from _parts(child)


def _part(control: ft.Text | ft.Image) -> Part | None:
    if isinstance(control, ft.Image):
        label = None if control.exclude_from_semantics else control.semantics_label
        return _worded(label) if label else None
    if control.semantics_label is not None:
        return _worded(control.semantics_label) if control.semantics_label else None
    if not control.value:
        return None
    said = mark_of(control)
    return _worded(said) if isinstance(said, Said) else Part(control.value)


def _worded(words: str) -> Part:
    return Part(str(words), words.french if isinstance(words, Said) else None)
