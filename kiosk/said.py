"""A sentence in the visitor's language, with its French beside. Pure.

French is the language of public service (law of 4 August 1994): whatever another language says on a screen, the French
that it was made from stands with it, so that the person at the desk reads the same screen. A `Said` is the sentence
itself (it is a `str`) and carries that French along; `kiosk.parts.controls.text` draws both. Ordinary operations on
strings (`+`, f-strings, `.lower()`) lose the French: use `joined` and `each`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping


class Said(str):
    """Words in another language than French; `french` is what they were made from."""

    __slots__ = ("french",)
    french: str

    def __new__(cls, words: str, french: str) -> Said:
        """`words` as they are said, beside `french`."""
        made = super().__new__(cls, words)
        made.french = french
        return made


def french_of(words: str) -> str:
    """The French of `words`: what stands beside them, or themselves."""
    return words.french if isinstance(words, Said) else words


def beside(words: str) -> str:
    """The French to be shown beside `words`; "" where they are French, or are the same in both."""
    french = french_of(words)
    return "" if french == words else french


def each(change: Callable[[str], str], words: str) -> str:
    """`words` changed, and so is the French beside them."""
    made = change(str(words))
    return Said(made, change(words.french)) if isinstance(words, Said) else made


def filled(words: str, values: Mapping[str, object]) -> str:
    """`words` with their {placeholders} filled: the French beside them with the French of each value."""
    made = str(words).format(**values)
    if not isinstance(words, Said) and not any(isinstance(value, Said) for value in values.values()):
        return made
    french = {name: french_of(value) if isinstance(value, str) else value for name, value in values.items()}
    return Said(made, french_of(words).format(**french))


def joined(separator: str, parts: Iterable[str]) -> str:
    """`separator.join(parts)`, in both languages."""
    kept = list(parts)
    made = separator.join(kept)
    if not any(isinstance(part, Said) for part in (*kept, separator)):
        return made
    return Said(made, french_of(separator).join(french_of(part) for part in kept))
