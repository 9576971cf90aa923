"""A field to type in, on the ref pattern, with its error sentence under it."""

from collections.abc import Callable

import flet as ft

from kiosk.entry import Entry
from kiosk.parts.controls import Handler, error_line, pad_to, paragraph, quiet_button, style
from kiosk.parts.hooks import use_kept
from kiosk.parts.node import node
from kiosk.visit import Visit

_KEYBOARDS = {"email": ft.KeyboardType.EMAIL, "phone": ft.KeyboardType.PHONE, "digits": ft.KeyboardType.NUMBER}


def _new_text_field() -> ft.Ref[ft.TextField]:
    return ft.Ref[ft.TextField]()


@ft.component
def field(
    visit: Visit, entry: Entry, label: str, *, error: str | None = None, on_submit: Handler | None = None,
    hideable: bool = False, autofocus: bool = True, hint: str = "",
) -> ft.Control:  # fmt: skip
    """The field in which `entry` is typed, with the error sentence under it (text kept, focus comes back).

    `label` is what a screen reader announces; the question above is what is seen. `hideable` adds « Cacher ».
    """
    version, redraw = ft.use_state(0)
    box = use_kept(_new_text_field)
    del version

    def follow() -> Callable[[], None]:
        stops = (entry.on_redraw(lambda: redraw(lambda n: n + 1)), visit.watch("over", entry.forget))

        def end() -> None:
            for stop in stops:
                stop()

        return end

    ft.use_effect(follow, dependencies=[])

    def come_back() -> None:
        page = ft.context.page

        async def focus() -> None:
            if box.current is not None:
                await box.current.focus()  # type: ignore[no-untyped-call]

        if error:
            page.run_task(focus)

    ft.use_effect(come_back, dependencies=[error])
    named = node(_box(visit, entry, box, error, on_submit, autofocus, hint), label=label, expand=True)
    line: list[ft.Control] = [named]
    if hideable:
        say_hide = visit.say("frame.unhide" if entry.hidden else "frame.hide")
        line.append(quiet_button(visit, say_hide, entry.hide, icon_name="eye" if entry.hidden else "eye-slash"))
    rows: list[ft.Control] = [ft.Row(line, spacing=visit.look.px(28))]
    if error:
        rows.append(error_line(visit, error))
    # What stands below is 3 mm away from the outline of the field, which is drawn outside of it.
    below = ft.Padding.only(bottom=visit.look.px(8))
    return ft.Container(ft.Column(rows, spacing=visit.look.px(16), tight=True), padding=below)


def latin_letters(visit: Visit) -> list[ft.Control]:
    """« … comme sur votre titre de séjour, en lettres latines », under the field of a name, in another language.

    Registers and residence permits hold names in Latin letters: the keyboard has no others (decision 0040).
    """
    return [] if visit.language in ("fr", "fr-simple") else [paragraph(visit, visit.say("key.latin"), soft=True)]


def air_px(visit: Visit) -> int:
    """Px above and below what is typed: little where the keys leave little room, and never under 15 mm in all."""
    return visit.look.px(pad_to(visit, "typed", 92) if visit.look.close else 30)


def _box(
    visit: Visit, entry: Entry, box: ft.Ref[ft.TextField], error: str | None, on_submit: Handler | None,
    autofocus: bool, hint: str,
) -> ft.TextField:  # fmt: skip
    look = visit.look
    palette = look.palette
    edge = palette.fault if error else palette.selected_edge
    in_use, at_rest = (
        ft.OutlineInputBorder(border_radius=look.px(20), side=ft.BorderSide(look.stroke(drawn), color))
        for drawn, color in ((6, edge), (3, palette.fault if error else palette.control))
    )
    return ft.TextField(
        ref=box,
        value=entry.value,
        on_change=lambda e: entry.typed(str(e.control.value or "")),
        on_submit=on_submit,
        label=None,
        hint_text=hint or None,
        hint_style=style(visit, "typed", palette.disabled),
        password=entry.hidden,
        keyboard_type=_KEYBOARDS.get(entry.kind, ft.KeyboardType.TEXT),
        max_lines=1,
        autofocus=autofocus,
        autocorrect=False,
        enable_suggestions=False,
        enable_ime_personalized_learning=False,
        enable_interactive_selection=False,
        smart_quotes_type=False,
        smart_dashes_type=False,
        text_style=style(visit, "typed"),
        cursor_color=palette.selected_edge,
        cursor_width=look.px(5),
        border={ft.ControlState.FOCUSED: in_use, ft.ControlState.DEFAULT: at_rest},
        filled=True,
        fill_color=palette.surface,
        content_padding=ft.Padding.symmetric(horizontal=look.px(38), vertical=air_px(visit)),
        expand=True,
    )
