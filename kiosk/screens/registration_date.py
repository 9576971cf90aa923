"""A date in three fields, JJ MM AAAA, with the digit pad: a full field leads to the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import flet as ft

from kiosk.entry import Entry
from kiosk.models.registration import FieldView, QuestionView
from kiosk.parts.controls import error_line, style, text
from kiosk.parts.field import air_px
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_kept
from kiosk.parts.keyboard import keyboard
from kiosk.parts.node import node
from kiosk.screens.registration_way import Way
from kiosk.visit import Visit


class DatePad(Entry):
    """Three entries behind one keyboard: a key goes to the field in use, and a full field leads on."""

    def __init__(self, fields: tuple[FieldView, ...]) -> None:
        super().__init__("date")
        self.entries = [Entry("digits", view.value, max_length=view.length_max) for view in fields]
        self.names = [view.name for view in fields]
        self.at = 0
        self.keyed: set[int] = set()

    def use(self, at: int) -> None:
        """The field number ``at`` is the one in use."""
        if at != self.at and 0 <= at < len(self.entries):
            self.at = at
            self._changed()

    def press(self, letters: str) -> None:
        """A digit goes to the field in use; any other key leads to the next field."""
        if not letters.isdigit():
            self.use(self.at + 1)
            return
        entry = self.entries[self.at]
        if len(entry.value) >= entry.max_length and self.at + 1 < len(self.entries):
            self.at += 1
            entry = self.entries[self.at]
        self.keyed.add(self.at)
        entry.press(letters)
        self.lead_on()
        self._changed()

    def erase(self) -> None:
        """Takes the last digit away, from the field before when this one is empty."""
        if not self.entries[self.at].value and self.at > 0:
            self.at -= 1
        self.keyed.add(self.at)
        self.entries[self.at].erase()
        self._changed()

    def lead_on(self) -> bool:
        """Goes to the next field when this one is full; True when it did."""
        entry = self.entries[self.at]
        if len(entry.value) < entry.max_length or self.at + 1 >= len(self.entries):
            return False
        self.at += 1
        return True

    @property
    def form(self) -> dict[str, str]:
        """What is typed, by field name."""
        return {name: entry.value for name, entry in zip(self.names, self.entries, strict=True)}


@ft.component
def DateQuestion(way: Way, question: QuestionView) -> ft.Control:
    """One date."""
    visit = way.visit
    problem, set_problem = ft.use_state("")
    wrong_field, set_wrong_field = ft.use_state("")
    pad = use_kept(lambda: DatePad(question.fields))

    def done() -> None:
        wrong = way.answer(pad.form)
        if wrong is not None:
            set_problem(wrong.sentence)
            set_wrong_field(wrong.field)
            pad.use(pad.names.index(wrong.field) if wrong.field in pad.names else 0)

    body: list[ft.Control] = [DateBoxes(visit, pad, question.fields, wrong_field, done)]
    if problem:
        body.append(error_line(visit, problem))
    return screen(
        visit,
        title=question.title,
        lead=question.why,
        body=[*body, *way.ways_out(question)],
        keyboard=keyboard(visit, pad),
        primary=Primary(visit.say("reg.continue"), done),
        back=lambda: way.back(pad.form),
        progress=way.progress(question),
    )


def _new_refs() -> list[ft.Ref[ft.TextField]]:
    return [ft.Ref[ft.TextField]() for _ in range(3)]


@ft.component
def DateBoxes(
    visit: Visit, pad: DatePad, fields: tuple[FieldView, ...], wrong: str, done: Callable[[], None]
) -> ft.Control:
    """The three boxes; only they are drawn again when a key is touched."""
    _, redraw = ft.use_state(0)
    refs = use_kept(_new_refs)
    ft.use_effect(lambda: pad.on_redraw(lambda: redraw(lambda n: n + 1)), dependencies=[])

    async def focus(at: int) -> None:
        box = refs[at].current
        if box is not None:
            await box.focus()  # type: ignore[no-untyped-call]

    def typed(at: int, value: str) -> None:
        entry = pad.entries[at]
        entry.typed("".join(letter for letter in value if letter in "0123456789"))
        pad.keyed.discard(at)
        pad.at = at
        if pad.lead_on():
            asyncio.get_running_loop().create_task(focus(pad.at))
            redraw(lambda n: n + 1)

    boxes = [_box(visit, pad, view, at, refs[at], wrong == view.name, typed, done) for at, view in enumerate(fields)]
    row = ft.Row(boxes, spacing=visit.look.px(28), vertical_alignment=ft.CrossAxisAlignment.END)
    return ft.Container(row, padding=ft.Padding.only(bottom=visit.look.px(8)))


def _box(
    visit: Visit, pad: DatePad, view: FieldView, at: int, ref: ft.Ref[ft.TextField], wrong: bool,
    typed: Callable[[int, str], None], done: Callable[[], None],
) -> ft.Control:  # fmt: skip
    look = visit.look
    palette = look.palette
    active = pad.at == at
    edge = palette.fault if wrong else palette.selected_edge if active else palette.control
    in_use, at_rest = (
        ft.OutlineInputBorder(border_radius=look.px(20), side=ft.BorderSide(look.stroke(drawn), color))
        for drawn, color in ((5, palette.fault if wrong else palette.selected_edge), (5 if active else 2, edge))
    )
    # A box is drawn again when it gets the focus: what a physical keyboard typed meanwhile must not be sent back empty.
    live = None if ref.current is None or at in pad.keyed else ref.current.value
    box = ft.TextField(
        ref=ref,
        value=pad.entries[at].value if live is None else live,
        on_change=lambda event: typed(at, str(event.data or "")),
        on_focus=lambda: pad.use(at),
        on_submit=done,
        hint_text=view.hint,
        hint_style=style(visit, "body" if look.rtl else "typed", palette.disabled),
        keyboard_type=ft.KeyboardType.NUMBER,
        input_filter=ft.InputFilter(regex_string=rf"^[0-9]{{0,{view.length_max}}}$", allow=True, replacement_string=""),
        autofocus=at == 0,
        max_lines=1,
        enable_suggestions=False,
        enable_interactive_selection=False,
        text_align=ft.TextAlign.CENTER,
        text_style=style(visit, "typed"),
        cursor_color=palette.selected_edge,
        cursor_width=look.px(5),
        border={ft.ControlState.FOCUSED: in_use, ft.ControlState.DEFAULT: at_rest},
        filled=True,
        fill_color=palette.surface,
        content_padding=ft.Padding.symmetric(horizontal=look.px(12), vertical=air_px(visit)),
        expand=True,
    )
    label = text(visit, view.label, "strong", palette.fault if wrong else palette.ink_soft, spoken="")
    named = node(ft.Row([box]), label=view.label)
    return ft.Column([label, named], spacing=look.px(8), tight=True, expand=3 if at == 2 else 2)
