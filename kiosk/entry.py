"""What is being typed in one field, by a physical keyboard or by the keyboard on the screen. No Flet here.

The field is on the ref pattern: what the browser types is only written here and never sent back, so that no letter
is lost; what the screen's keys type changes the value here and asks the field (alone) to be drawn again.
"""

from collections.abc import Callable
from typing import Literal

EntryKind = Literal["name", "text", "email", "phone", "digits", "date", "code"]

MAX_LENGTH = 200
_CAPITAL_AFTER = frozenset(" -’'")


class Entry:
    """A field's text. Keep it in `ft.use_ref` or `ft.use_state(lambda: Entry(...))`, one for each field."""

    def __init__(self, kind: EntryKind = "text", value: str = "", *, max_length: int = MAX_LENGTH) -> None:
        """`kind` chooses the keys offered; `max_length` is in characters."""
        self.kind: EntryKind = kind
        self.value = value
        self.max_length = max_length
        self.hidden = False
        self._redraw: list[Callable[[], None]] = []
        self._heard: list[Callable[[], None]] = []

    def typed(self, value: str) -> None:
        """The browser's field now holds `value`."""
        self.value = value[: self.max_length]
        for heard in list(self._heard):
            heard()

    def press(self, letters: str) -> None:
        """A key of the screen adds `letters` at the end."""
        if len(self.value) + len(letters) <= self.max_length:
            self.value += letters
            self._changed()

    def erase(self) -> None:
        """The screen's erase key takes the last character away."""
        if self.value:
            self.value = self.value[:-1]
            self._changed()

    def replace(self, value: str) -> None:
        """Another text stands in the field (a suggestion was chosen, or it was emptied)."""
        self.value = value[: self.max_length]
        self._changed()

    def forget(self) -> None:
        """The visit is over: nothing is drawn again, the text is only dropped."""
        self.value = ""

    def hide(self) -> None:
        """« Cacher » and « Montrer »: the letters become points, or letters again."""
        self.hidden = not self.hidden
        for redraw in list(self._redraw):
            redraw()

    @property
    def wants_capital(self) -> bool:
        """True where the next letter is a capital: in a code; in a name, at its start and after a space or a hyphen."""
        return self.kind == "code" or (self.kind == "name" and (not self.value or self.value[-1] in _CAPITAL_AFTER))

    def on_redraw(self, redraw: Callable[[], None]) -> Callable[[], None]:
        """The field asks to be drawn again when the screen's keys change the text; returns what stops it."""
        return _listen(self._redraw, redraw)

    def on_typed(self, heard: Callable[[], None]) -> Callable[[], None]:
        """Calls `heard` after every change, from either keyboard (suggestions follow it); returns what stops it."""
        return _listen(self._heard, heard)

    def _changed(self) -> None:
        for listener in [*self._redraw, *self._heard]:
            listener()


def _listen(listeners: list[Callable[[], None]], listener: Callable[[], None]) -> Callable[[], None]:
    listeners.append(listener)

    def stop() -> None:
        if listener in listeners:
            listeners.remove(listener)

    return stop
