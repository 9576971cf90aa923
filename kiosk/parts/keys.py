"""Which keys the keyboard on the screen offers, row by row, and what touching one does. Pure: no Flet.

AZERTY with the accents of French above it where there is room, « ’ » and « - » in place; the letters of the ten
languages behind « é ñ ş … »; digits on a pad of their own; @ . - _ .fr .com for an e-mail. What is offered is accepted
(`kiosk.models.answers`); nothing is learned, nothing is proposed (decision 0040).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from kiosk.entry import Entry, EntryKind
from kiosk.tokens import TOUCH_MIN_MM, Look

MORE = "éèêëàâäæîïíıôöóœùûüúçÿñõáãăğșşț"
"""Letters beyond A to Z: those of French civil status, and those of names in es, pt, ro and tr."""
OFTEN = "éèçàêëïôîüâùûöäœæÿ"
"""Those of French, most frequent in names first: as many as fit stand above the letters."""
AZERTY = ("azertyuiop", "qsdfghjklm", "wxcvbn")
ALPHABET = ("abcdefghij", "klmnopqrst", "uvwxyz")
CAPITALS = {"ı": "İ"}
"""The capital on a key where it is not that of its letter: I and i have keys of their own."""
MARKS = {"text": "’'-.,/()°", "email": "@._-+"}
PADS = {"phone": "+", "digits": "", "date": "/"}
"""Kinds typed on the digit pad, and what stands in its corner: « / » leads to the next box of a date."""
ROW, MORE_ROW, NARROW_ROW = 10, 8, 7
PLAIN, SIDE, WIDE = 20, 26, 31
GAP_MM = 3.0
ACCENT_MM = 18.0


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what it types (`letters`) or does (`action`), its face, its width in twentieths of a letter key.

    `action` is "" (types), "shift", "erase", "digits", "letters", "more", "order" or "hide"; with neither letters nor
    action it is a place left free. `say` is the key of the words on its face or for a screen reader, where the letters
    themselves do not do.
    """

    letters: str = ""
    action: str = ""
    width: int = PLAIN
    glyph: str = ""
    say: str = ""
    accent: bool = False

    def typed(self, *, upper: bool) -> str:
        """What it types, and shows, in capitals or not."""
        return CAPITALS.get(self.letters, self.letters.upper()) if upper and len(self.letters) == 1 else self.letters


@dataclass(frozen=True, slots=True)
class Room:
    """What there is room for: `columns` of letter keys, `accents` above them, a fifth row unless it is `low`."""

    columns: int = ROW
    accents: int = 12
    low: bool = False


def room_on(look: Look, width_px: float) -> Room:
    """The room on a screen whose keyboard is `width_px` wide: no key under 15 mm, nor nearer than 3 mm to another.

    Ten columns need 177 mm. Where there is less (an upright 10" screen), letters stand in columns of seven.
    """

    def fitting(key_mm: float) -> int:
        return int((width_px + gap_px(look)) / (key_mm * look.density + gap_px(look)))

    columns = ROW if fitting(TOUCH_MIN_MM) >= ROW else NARROW_ROW
    close = look.small or (look.lowered and look.large_text)  # the keys leave their room to what is typed
    return Room(columns, 0 if close else min(len(OFTEN), fitting(ACCENT_MM)), close)


def gap_px(look: Look) -> int:
    """Px between two keys: 3 mm."""
    return ceil(GAP_MM * look.density)


def widths(line: Sequence[Key], width_px: float, gap: float) -> list[float]:
    """Px of each key of a row `width_px` wide, as a row of Flutter shares it out."""
    free = width_px - gap * (len(line) - 1)
    return [free * key.width / sum(key.width for key in line) for key in line]


def rows(
    kind: EntryKind, layer: str = "letters", *, alphabetical: bool = False, room: Room | None = None
) -> list[list[Key]]:
    """The rows of keys, top to bottom.

    Args:
        kind: what is typed; "phone", "digits" and "date" have the digit pad only.
        layer: "letters", "digits" or "more".
        alphabetical: « A B C » order instead of AZERTY; the only one in columns of seven.
        room: see `room_on`; that of an upright 21.5" screen if None.
    """
    room = room or Room()
    if kind in PADS:
        return _pad(PADS[kind])
    if kind == "code":
        return _code(alphabetical=alphabetical, room=room)
    if layer == "digits":
        return _figures(MARKS["email" if kind == "email" else "text"], room)
    if layer == "more":
        return _more(room)
    signs = [Key("-"), Key("_")] if kind == "email" else [_APOSTROPHE, _HYPHEN]
    if room.columns < ROW:
        letters = [*_letters("".join(ALPHABET)), *signs]
        return [*_lines(letters, room.columns), _narrow_foot(kind)]
    first, second, third = ALPHABET if alphabetical else AZERTY
    last = [_shift(), *_letters(third), *signs, _erase()]
    above = [[Key(letter, accent=True) for letter in _often(room.accents)]] if room.accents and kind != "email" else []
    return [*above, _letters(first), _letters(second), last, _foot(kind, alphabetical=alphabetical)]


_APOSTROPHE, _HYPHEN = Key("’", say="key.apostrophe"), Key("-", say="key.hyphen")
_STRAIGHT, _STOP = Key("'", say="key.straight_apostrophe"), Key(".", say="key.stop")


def _shift(width: int = PLAIN) -> Key:
    return Key(action="shift", width=width, glyph="arrow-fat-up", say="key.shift")


def _erase(width: int = PLAIN) -> Key:
    return Key(action="erase", width=width, glyph="backspace", say="key.erase")


def _hide(width: int = WIDE) -> Key:
    return Key(action="hide", width=width, glyph="keyboard", say="key.hide")


def _order(width: int, *, alphabetical: bool) -> Key:
    return Key(action="order", width=width, say="key.order_azerty" if alphabetical else "key.order_abc")


def _space(width: int) -> Key:
    return Key(" ", width=width, say="key.space")


def _to(layer: str, width: int = WIDE) -> Key:
    return Key(action=layer, width=width, say=f"key.{layer}")


def _letters(line: str) -> list[Key]:
    return [Key(letter) for letter in line]


def _lines(keys: list[Key], columns: int) -> list[list[Key]]:
    return [keys[at : at + columns] for at in range(0, len(keys), columns)]


def _often(count: int) -> str:
    """The `count` most frequent accents, those of one letter side by side."""
    return "".join(sorted(OFTEN[:count], key=MORE.index))


def _foot(kind: EntryKind, *, alphabetical: bool) -> list[Key]:
    order = _order(WIDE, alphabetical=alphabetical)
    if kind == "email":
        ends = [Key("@", width=SIDE), _STOP, Key(".fr", width=SIDE), Key(".com", width=WIDE)]
        return [_to("digits"), order, *ends, _hide()]
    if kind == "name":  # no digit and hardly a sign is accepted in a name
        return [_to("more"), order, _space(3 * WIDE), _hide()]
    return [_to("digits"), _to("more"), order, _space(2 * WIDE), _hide()]


def _narrow_foot(kind: EntryKind) -> list[Key]:
    if kind == "email":
        return [_to("digits", PLAIN), Key("@"), _STOP, Key(".fr"), Key(".com"), _erase(), _hide(PLAIN)]
    if kind == "name":
        return [_shift(), _to("more", PLAIN), _space(3 * PLAIN), _erase(), _hide(PLAIN)]
    return [_shift(), _to("digits", PLAIN), _to("more", PLAIN), _space(2 * PLAIN), _erase(), _hide(PLAIN)]


def _code(*, alphabetical: bool, room: Room) -> list[list[Key]]:
    """A reference mixes digits and letters: both at once, no accent; the field shows capitals."""
    if room.columns < ROW:
        keys = [*_letters("1234567890" + "".join(ALPHABET)), _erase(), _hide(PLAIN)]
        return _lines(keys, room.columns)
    first, second, third = ALPHABET if alphabetical else AZERTY
    last = [_order(SIDE, alphabetical=alphabetical), *_letters(third), _erase(SIDE), _hide(SIDE)]
    return [_letters("1234567890"), _letters(first), _letters(second), last]


def _pad(corner: str) -> list[list[Key]]:
    """As on a telephone; the fourth column is free but for « Cacher le clavier »."""
    found = [[*_letters(line), Key()] for line in ("123", "456", "789")]
    return [*found, [Key(corner), Key("0"), _erase(), _hide(PLAIN)]]


def _figures(marks: str, room: Room) -> list[list[Key]]:
    spoken = {key.letters: key for key in (_APOSTROPHE, _STRAIGHT, _HYPHEN, _STOP)}
    signs = [*(spoken.get(mark, Key(mark)) for mark in marks), _erase()]
    last = [_to("letters"), _space(3 * WIDE), _hide()]
    return [_letters("12345"), _letters("67890"), *_lines(signs, room.columns), last]


def _more(room: Room) -> list[list[Key]]:
    columns = room.columns if room.low or room.columns < ROW else MORE_ROW
    lines = _lines([*(Key(letter, accent=True) for letter in MORE), _erase()], columns)
    if room.low and room.columns == ROW:  # no fifth row: what is left over stands beside the space
        return [*lines[:-1], [_to("letters"), _shift(), *lines[-1], _STRAIGHT, _STOP, _hide()]]
    return [*lines, [_to("letters", SIDE), _shift(), _STRAIGHT, _STOP, _space(SIDE), _hide(SIDE)]]


class Board:
    """The keyboard of one entry: which layer stands there, in which order and case. What a touch does is decided when
    it arrives, not by what was last drawn: nobody types faster than the next letter's case."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self.shown = True
        self.layer = "letters"
        self.alphabetical = False
        self._shift = False

    @property
    def upper(self) -> bool:
        """True where the next letter is a capital: « Majuscule » turns round what the entry wants (« de La Tour »)."""
        return self._shift != self._entry.wants_capital

    @property
    def face(self) -> tuple[bool, str, bool, bool]:
        """What is seen of it: drawn again when this differs."""
        return self.shown, self.layer, self.alphabetical, self.upper

    def show(self) -> None:
        """« Montrer le clavier »."""
        self.shown = True

    def press(self, key: Key) -> None:
        """A key was touched. One letter of « é ñ ş … » leads back to the alphabet: nobody gets lost there."""
        if key.letters:
            typed, self._shift = key.typed(upper=self.upper), False
            self.layer = "letters" if key.accent else self.layer
            self._entry.press(typed)
        elif key.action == "erase":
            self._entry.erase()
        elif key.action == "shift":
            self._shift = not self._shift
        elif key.action == "order":
            self.alphabetical = not self.alphabetical
        elif key.action == "hide":
            self.shown = False
        elif key.action:
            self.layer = key.action
