"""What is asked of every screen, whatever it looks like: names, roles, headings, order, states told in words.

Each rule takes the pieces of a screen and yields what is wrong, in a line that names the piece.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import flet as ft

from kiosk.parts.choices import does_nothing
from kiosk.tokens import Look, Palette
from kiosk.wording import LANGUAGES, say
from tests.kiosk.audit.ink import default_of, in_dock
from tests.kiosk.audit.tree import Piece, acts, called, effect, handler, is_icon, is_text, name_of, pieces, words

Rule = Callable[[Sequence[Piece], Look, str], Iterator[str]]
FRAME = ("frame.finish", "dock.text", "dock.contrast", "dock.help")
OF_LANGUAGE = set(LANGUAGES.values())
"""On the first screen a language is called as the way to all of them in the dock, which shows it as chosen."""
STATES = ("sure", "wait", "fault", "off")
"""Colours of the palette that say something: each has its icon and its words."""


def every_acting_piece_has_a_name_and_a_role(found: Sequence[Piece], look: Look, language: str) -> Iterator[str]:
    """A button has words, a field the label right around it; nothing acts that is not one of them."""
    del look, language
    for piece in (one for one in found if acts(one.control)):
        kind = type(piece.control).__name__
        if isinstance(piece.control, ft.GestureDetector):
            yield from _doubled(piece, found)
        elif not isinstance(piece.control, ft.Button | ft.TextField):
            yield f"{kind} acts and has no role"
        elif not any(letter.isalnum() for letter in called(piece)) and not _one_sign(piece):
            yield f"{kind} without a name: {[words(t.control) for t in pieces_of(piece) if is_text(t.control)]}"


def _doubled(piece: Piece, found: Sequence[Piece]) -> Iterator[str]:
    """A surface that answers a touch is left out for readers: then a button beneath it does the same."""
    if handler(piece.control) is does_nothing:
        return  # the ring around a listen button, which nobody has to know of
    same = effect(handler(piece.control))
    buttons = [one for one in found if isinstance(one.control, ft.Button) and piece.control in one.above]
    if not any(_inner(one.control) == same for one in buttons):
        yield "a surface acts, and no button beneath it does the same"


def _inner(button: ft.Button) -> object:
    """What a guarded handler does (`kiosk.parts.controls.guarded`)."""
    made = effect(button.on_click)
    return next((cell for cell in made[1] if isinstance(cell, tuple)), made) if isinstance(made, tuple) else made


def _one_sign(piece: Piece) -> bool:
    """A key of the keyboard is called what it types: one sign, or the end of an address."""
    return 1 <= len(called(piece)) <= 2


def pieces_of(piece: Piece) -> list[Piece]:
    """What stands in it."""
    return list(pieces(piece.control, piece.above))


def one_heading_of_the_first_level_and_none_is_jumped(
    found: Sequence[Piece], look: Look, language: str
) -> Iterator[str]:  # fmt: skip
    """Exactly one level 1, and it comes first; each other at most one below the one before."""
    del look, language
    levels = [
        one.control.heading_level for one in found if isinstance(one.control, ft.Semantics) and one.control.header
    ]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} headings of level 1"
    for before, after in zip([0, *levels], levels, strict=False):
        if after is None or after > before + 1:
            yield f"a heading of level {after} after one of level {before}"


def what_acts_comes_after_the_title(found: Sequence[Piece], look: Look, language: str) -> Iterator[str]:
    """Order of reading: header, title, content, action bar, dock. Only header and rail may stand before the title."""
    titles = [
        n for n, one in enumerate(found) if isinstance(one.control, ft.Semantics) and one.control.heading_level == 1
    ]
    dock = [say(key, language) for key in FRAME]
    for number, piece in enumerate(found):
        if titles and number < titles[0] and isinstance(piece.control, ft.Button):
            of_frame = any(called(piece).startswith(label) for label in dock) or in_dock(piece, look.palette)
            if not of_frame and not any(isinstance(one, ft.GestureDetector) for one in piece.above):
                yield f"« {called(piece)} » stands before the title"


def no_two_of_one_name_do_two_things(found: Sequence[Piece], look: Look, language: str) -> Iterator[str]:
    """Who hears only the names must know which is which. A key is called what it types, wherever it stands."""
    del look, language
    by_name: dict[str, set[object]] = defaultdict(set)
    for piece in found:
        if isinstance(piece.control, ft.Button) and acts(piece.control) and not _one_sign(piece):
            by_name[called(piece)].add(effect(handler(piece.control), 6))
    for name, effects in by_name.items():
        if len(effects) > 1 and name not in OF_LANGUAGE:
            yield f"{len(effects)} different things are called « {name} »"


def what_is_seen_of_a_button_is_in_its_name(found: Sequence[Piece], look: Look, language: str) -> Iterator[str]:
    """Who says or hears a name and who reads it mean the same. A key that types one sign is called by its name.

    The French beside is for who helps, and is no part of a name that is given apart.
    """
    del look, language
    for piece in (one for one in found if isinstance(one.control, ft.Button) and acts(one.control)):
        texts = [one.control for one in pieces_of(piece) if is_text(one.control) and one.control.semantics_label != ""]
        name = _letters(called(piece))
        for seen in (_letters(str(one.value)) for one in texts):
            if len(seen) > 1 and seen not in name:
                yield f"« {seen} » is called « {called(piece)} »"


def _letters(text: str) -> str:
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split())


def every_picture_has_words_or_is_left_out(found: Sequence[Piece], look: Look, language: str) -> Iterator[str]:
    """A picture has an alternative, is left out for readers, or stands in something that has one."""
    del look, language
    for piece in found:
        one = piece.control
        told = any(above.label and (above.exclude_semantics or above.image) for above in piece.around(ft.Semantics))
        if isinstance(one, ft.Image) and not (one.exclude_from_semantics or one.semantics_label or told):
            yield f"a picture without words: {str(one.src)[:60]}"
        if is_icon(one) and one.semantics_label is None:
            yield f"an icon that is read as a letter: {hex(ord(one.value[0]))}"


def what_acts_is_one_thing(found: Sequence[Piece], look: Look, language: str) -> Iterator[str]:
    """No second button that does nothing stands around one, and what cannot be touched does not say that it can.

    Flet's ``Semantics`` says of itself whether it is enabled. Within a button Flutter cannot make one node of the two;
    around a button that is not enabled it speaks louder.
    """
    del look, language
    for piece in found:
        if isinstance(piece.control, ft.Semantics):
            for button in piece.around(ft.Button):
                yield f"two things: « {name_of(button)} »"
        if isinstance(piece.control, ft.Button) and piece.control.disabled:
            above = next((one for one in piece.around() if not isinstance(one, ft.Container)), None)
            if isinstance(above, ft.Semantics) and not above.disabled:
                yield f"says that it can be touched: « {called(piece)} »"


def nothing_that_acts_is_hidden(found: Sequence[Piece], look: Look, language: str) -> Iterator[str]:
    """What can be touched is in the tree of semantics."""
    del look, language
    for piece in found:
        hidden = any(one.exclude_semantics or one.hidden for one in piece.around(ft.Semantics))
        if acts(piece.control) and hidden:
            yield f"hidden from readers: « {name_of(piece.control)} »"


def what_is_chosen_says_so(found: Sequence[Piece], look: Look, language: str) -> Iterator[str]:
    """A button drawn as chosen or on bears the state; one that bears it and is chosen is drawn so."""
    del language
    for piece in found:
        if not isinstance(piece.control, ft.Button) or not acts(piece.control):
            continue
        state = next((_state(one) for one in piece.around(ft.Semantics) if _state(one) is not None), None)
        on = _drawn_on(piece, look.palette)
        if on and not state:
            yield f"drawn as chosen and not said: « {called(piece)} »"


def _state(semantics: ft.Semantics) -> bool | None:
    for state in (semantics.checked, semantics.selected, semantics.toggled, semantics.expanded):
        if state is not None:
            return bool(state)
    return None


def _drawn_on(piece: Piece, palette: Palette) -> bool:
    ground = default_of(piece.control.style.bgcolor)
    side = default_of(piece.control.style.side)
    if in_dock(piece, palette) and ground == palette.dock_on:
        return True
    edge = side.color if side is not None and side.width else None
    thick = side is not None and (side.width or 0) >= 4 and edge == palette.selected_edge
    chosen = ground == palette.selected and (thick or palette.selected != palette.surface)
    return chosen or (thick and palette.selected_edge != palette.edge)


def a_state_in_colour_has_words_and_an_icon(found: Sequence[Piece], look: Look, language: str) -> Iterator[str]:
    """A panel in a colour that says something holds an icon and words; an outline of fault has its sentence."""
    del language
    palette = look.palette
    soft = {getattr(palette, f"{state}_soft"): state for state in STATES} | {palette.off: "off"}
    for ground in (palette.surface, palette.ground, palette.deep):
        soft.pop(ground, None)
    for piece in found:
        one = piece.control
        if isinstance(one, ft.Container) and one.bgcolor in soft and not _within(piece, soft):
            inside = list(pieces(one))
            spoken = any(is_text(p.control) and words(p.control).strip() for p in inside)
            drawn = any(is_icon(p.control) or isinstance(p.control, ft.Image) for p in inside)
            if not (spoken and drawn):
                yield f"« {soft[one.bgcolor]} » by its colour alone: {name_of(one)[:60]!r}"
        if isinstance(one, ft.TextField) and _outline(one) == palette.fault != palette.selected_edge:
            said = [p for p in found if is_text(p.control) and p.control.style.color == palette.fault]
            if not said:
                yield "a field at fault, and no sentence says why"


def _within(piece: Piece, soft: dict[str, str]) -> bool:
    return any(one.bgcolor in soft for one in piece.around(ft.Container))


def _outline(box: ft.TextField) -> str | None:
    found = default_of(box.border)
    side = getattr(found, "side", None)
    return None if side is None else side.color


RULES: tuple[Rule, ...] = (
    every_acting_piece_has_a_name_and_a_role,
    one_heading_of_the_first_level_and_none_is_jumped,
    what_acts_comes_after_the_title,
    no_two_of_one_name_do_two_things,
    what_is_seen_of_a_button_is_in_its_name,
    every_picture_has_words_or_is_left_out,
    what_acts_is_one_thing,
    nothing_that_acts_is_hidden,
    what_is_chosen_says_so,
    a_state_in_colour_has_words_and_an_icon,
)
