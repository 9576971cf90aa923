"""The faces of our letters: which file each is, and which letters it is there for. Pure.

For what is drawn outside of Flet: the papers, the bar of the guided window, the page that tries camera and sound.
"""

from __future__ import annotations

from pathlib import Path

from kiosk.tokens import FONT, FONT_FALLBACK

FONTS = Path(__file__).parent / "web" / "fonts"
ARABIC, CYRILLIC = FONT_FALLBACK
WEIGHTS = (400, 600)
NAMES = {FONT: "AtkinsonHyperlegibleNext", ARABIC: "NotoSansArabic", CYRILLIC: "NotoSansCyrillic"}
LETTERS = {ARABIC: ("\u0600", "\u06ff"), CYRILLIC: ("\u0400", "\u04ff")}
"""The first and the last letter of a script, by its face."""
RANGES = {FONT: "U+0-10FFFF", ARABIC: "U+600-6FF,U+200C-200F", CYRILLIC: "U+400-4FF,U+2BC,U+301"}
"""The same for a style sheet (``unicode-range``), with the marks that go with the letters."""


def file_of(face: str, weight: int) -> str:
    """The name of the file of a face."""
    return f"{NAMES[face]}-{weight}.ttf"


def faces_for(words: str) -> tuple[str, ...]:
    """The faces that ``words`` need, our own first."""
    return (FONT, *(face for face in LETTERS if has_letters(words, face)))


def has_letters(words: str, face: str) -> bool:
    """True where ``words`` have letters that ``face`` is there for."""
    first, last = LETTERS[face]
    return any(first <= letter <= last for letter in words)
