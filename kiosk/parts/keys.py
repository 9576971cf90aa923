"""Which keys the keyboard on the screen offers, row by row. Pure: no Flet.

AZERTY with one row of accents, « ’ » and « - » in place; digits on their own pad; @ . _ .fr .com for an e-mail.
"""

from dataclasses import dataclass

from kiosk.entry import EntryKind

ACCENTS = "éèêëàçîïôùü"
AZERTY = ("azertyuiop", "qsdfghjklm", "wxcvbn")
ALPHABET = ("abcdefghij", "klmnopqrst", "uvwxyz")
PLAIN, SIDE, WIDE, WIDER = 20, 27, 31, 88


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what it types (`letters`) or does (`action`), its face, its width in twentieths of a letter key.

    `action` is "" (types), "shift", "erase", "digits", "letters", "accents", "order" or "hide".
    `say` is the key of the words on its face or for a screen reader, when the letters themselves do not do.
    """

    letters: str = ""
    action: str = ""
    width: int = PLAIN
    glyph: str = ""
    say: str = ""
    accent: bool = False


def rows(kind: EntryKind, layer: str = "letters", *, alphabetical: bool = False, low: bool = False) -> list[list[Key]]:
    """The rows of keys, top to bottom.

    Args:
        kind: what is typed; "phone" and "digits" have the digit pad only.
        layer: "letters", "digits" or "accents".
        alphabetical: « A B C » order instead of AZERTY.
        low: little height: the accents share a layer instead of having their own row.
    """
    if kind in ("phone", "digits"):
        return _pad(kind)
    if kind == "code":
        return _code(alphabetical=alphabetical)
    if layer == "digits":
        return _figures(kind)
    if layer == "accents":
        return _accents()
    first, second, third = ALPHABET if alphabetical else AZERTY
    accents = [Key(letter, accent=True) for letter in ACCENTS]
    last = [Key(action="shift", width=SIDE, glyph="arrow-fat-up", say="key.shift"), *_letters(third)]
    last += [Key("’", say="key.apostrophe"), Key("-", say="key.hyphen")] if kind != "email" else [Key("-"), Key("_")]
    last.append(Key(action="erase", width=SIDE, glyph="backspace", say="key.erase"))
    found = [_letters(first), _letters(second), last, _foot(kind, alphabetical=alphabetical, low=low)]
    if kind == "email" and not low:
        return [[Key(letters, width=26, accent=True) for letters in ("@", ".", ".fr", ".com")], *found]
    return found if low else [accents, *found]


def _code(*, alphabetical: bool) -> list[list[Key]]:
    """A reference mixes digits and letters: both at once, no accent; the field shows capitals."""
    first, second, third = ALPHABET if alphabetical else AZERTY
    erase = Key(action="erase", width=WIDE, glyph="backspace", say="key.erase")
    order = Key(action="order", width=WIDE, say="key.order_azerty" if alphabetical else "key.order_abc")
    hide = Key(action="hide", width=WIDE, glyph="keyboard", say="key.hide")
    return [_letters("1234567890"), _letters(first), _letters(second), [order, *_letters(third), erase, hide]]


def _letters(line: str) -> list[Key]:
    return [Key(letter) for letter in line]


def _foot(kind: EntryKind, *, alphabetical: bool, low: bool) -> list[Key]:
    foot = [Key(action="digits", width=WIDE, say="key.digits")]
    if low and kind != "email":
        foot.append(Key(action="accents", width=WIDE, say="key.accents"))
    elif not low:
        foot.append(Key(action="order", width=WIDE, say="key.order_azerty" if alphabetical else "key.order_abc"))
    if kind == "email":
        foot += [Key(letters, width=26) for letters in (("@", ".", ".fr", ".com") if low else ("@", "."))]
    else:
        foot.append(Key(" ", width=WIDER, say="key.space"))
    foot.append(Key(action="hide", width=WIDE, glyph="keyboard", say="key.hide"))
    return foot


def _pad(kind: EntryKind) -> list[list[Key]]:
    found = [[Key(digit) for digit in line] for line in ("123", "456", "789")]
    corner = Key("+") if kind == "phone" else Key("/")
    erase = Key(action="erase", glyph="backspace", say="key.erase")
    return [*found, [corner, Key("0"), erase]]


def _figures(kind: EntryKind) -> list[list[Key]]:
    marks = "@._-+/" if kind == "email" else "’-.,()/"
    return [
        [Key(digit) for digit in "12345"],
        [Key(digit) for digit in "67890"],
        [*_letters(marks), Key(action="erase", width=WIDE, glyph="backspace", say="key.erase")],
        [
            Key(action="letters", width=WIDE, say="key.letters"),
            Key(" ", width=WIDER, say="key.space"),
            Key(action="hide", width=WIDE, glyph="keyboard", say="key.hide"),
        ],
    ]


def _accents() -> list[list[Key]]:
    return [
        _letters("éèêëàâ"),
        _letters("çîïôùûü"),
        [Key("œ"), Key("æ"), Key("ñ"), Key("ö"), Key(action="erase", width=WIDE, glyph="backspace", say="key.erase")],
        [
            Key(action="letters", width=WIDE, say="key.letters"),
            Key(" ", width=WIDER, say="key.space"),
            Key(action="hide", width=WIDE, glyph="keyboard", say="key.hide"),
        ],
    ]
