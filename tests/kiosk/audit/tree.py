"""What a screen is made of, in the order of its tree, each piece with everything that stands around it.

A piece is one Flet control. Its name is what Flutter makes of it for a screen reader: the label of a `Semantics`, else
the words beneath; an icon says nothing.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import FunctionType
from typing import Any

import flet as ft
from flet.components.component import Component
from flet.controls.base_control import BaseControl

from kiosk.tokens import ICONS_BOLD, ICONS_FILL

ICON_FACES = (ICONS_BOLD, ICONS_FILL)
ACTING = (ft.Button, ft.TextField, ft.GestureDetector)


@dataclass(frozen=True)
class Piece:
    """One control and those around it, the nearest last."""

    control: Any
    above: tuple[Any, ...]

    def around(self, *kinds: type) -> Iterator[Any]:
        """What stands around it, the nearest first; of these kinds where some are given."""
        return (one for one in reversed(self.above) if not kinds or isinstance(one, kinds))


def pieces(value: Any, above: tuple[Any, ...] = ()) -> Iterator[Piece]:
    """Every control that is shown, parents before their children, components unfolded."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from pieces(item, above)
    elif isinstance(value, Component):
        if value._b is not None:
            yield from pieces(value._b, above)
    elif isinstance(value, BaseControl) and getattr(value, "visible", True) is not False:
        yield Piece(value, above)
        for item in _children(value):
            yield from pieces(item, (*above, value))


def _children(control: BaseControl) -> Iterator[Any]:
    for field in dataclasses.fields(control):
        if field.metadata.get("skip") or field.name == "_parent":
            continue
        found = getattr(control, field.name, None)
        if isinstance(found, BaseControl) or (isinstance(found, list) and found and isinstance(found[0], BaseControl)):
            yield found


def is_icon(control: Any) -> bool:
    """One glyph of the icon font."""
    return isinstance(control, ft.Text) and control.style is not None and control.style.font_family in ICON_FACES


def is_text(control: Any) -> bool:
    """Words, not an icon."""
    return isinstance(control, ft.Text) and not is_icon(control)


def words(control: ft.Text) -> str:
    """What is seen of a text, with the French under it."""
    return "".join([control.value or "", *(str(span.text or "") for span in control.spans or [])])


def name_of(control: Any) -> str:
    """What a screen reader says of a control."""
    said = []
    for piece in pieces(control):
        one = piece.control
        if any(above.exclude_semantics for above in piece.above if isinstance(above, ft.Semantics)):
            continue
        if isinstance(one, ft.Text):
            said.append(words(one) if one.semantics_label is None else one.semantics_label)
        elif isinstance(one, ft.Semantics):
            said.append(one.label or "")
        elif isinstance(one, ft.Image) and not one.exclude_from_semantics:
            said.append(one.semantics_label or "")
    return " ".join(" ".join(said).split())


def acts(control: Any) -> bool:
    """Whether something happens when it is touched or typed into."""
    if isinstance(control, ft.Button):
        return not control.disabled
    if isinstance(control, ft.GestureDetector):
        return control.on_tap is not None
    if isinstance(control, ft.Container):
        return control.on_click is not None
    return isinstance(control, ft.TextField)


def called(piece: Piece) -> str:
    """The name of what acts: its own, or that of the `Semantics` right around it."""
    own = "".join(sign for sign in name_of(piece.control) if unicodedata.category(sign) != "Cf")
    if own:
        return own
    nearest = next(piece.around(ft.Semantics), None)
    return "" if nearest is None else nearest.label or ""


def effect(value: Any, deep: int = 4) -> Any:
    """What a handler does, so that two can be compared: its code, and all that it has taken along."""
    if deep == 0:
        return id(value)
    if isinstance(value, partial):
        return (effect(value.func, deep - 1), tuple(effect(one, deep - 1) for one in value.args))
    if isinstance(value, FunctionType):
        code, cells = value.__code__, value.__closure__ or ()
        # Two lambdas of the same words are two code objects, of the same bytes.
        said = (code.co_code, code.co_names, tuple(one for one in code.co_consts if isinstance(one, str | int)))
        taken = (*(cell.cell_contents for cell in cells), *(value.__defaults__ or ()))
        return (said, tuple(effect(one, deep - 1) for one in taken))
    if hasattr(value, "__func__"):
        return (value.__func__.__code__, id(value.__self__))
    return value if isinstance(value, str | int | float | bool | type(None)) else id(value)


def handler(control: Any) -> Callable[..., Any] | None:
    """What is done when it is touched."""
    found: Callable[..., Any] | None = control.on_tap if isinstance(control, ft.GestureDetector) else control.on_click
    return found
