"""Names and addresses as people in France have them, and the taps that type them on the keyboard of the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from kiosk.entry import Entry, EntryKind
from kiosk.parts.keys import Board, Key, Room, rows

COUNT = 200
SURNAMES = (
    "Lefèvre", "Désiré", "Noël", "Gaël", "Haÿ", "Lœuillet", "Bœuf", "Lætitia-Roy", "Müller", "Schäffer", "Höhn",
    "Çelik", "N’Diaye", "N'Guessan", "M’Bappé", "L'Hôpital", "D’Aboville", "d'Ormesson", "de La Tour", "de l’Étoile",
    "du Plessis", "Le Guen", "van der Elst", "Ben Ali", "El-Khoury", "Ould Ahmed", "Saint-Éloi", "Muñoz", "Gonçalves",
    "Simões", "Guimarães", "Ștefănescu", "Țepeș", "Brânză", "Yılmaz", "Işık", "İnönü", "Şahin", "Ağaoğlu", "Öztürk",
    "Y", "O", "Ç", "Sukarno", "Août", "Maïwenn", "Benoît", "Crèvecœur", "L’Haÿ", "Où",
)  # fmt: skip
FIRST_NAMES = (
    "Éloïse", "Anaïs", "Jean-François", "Marie-Thérèse", "Zoé", "Maëlys", "Loïc", "Chloë", "Angélique", "José", "Íñigo",
    "João", "Conceição", "Ioana", "Ștefan", "Gülşen", "Oğuz", "İpek", "Nuñez", "Ana María", "Lætitia", "Aÿmeric", "A",
    "Mohamed-Amine", "Ó Briain", "Úrsula", "Víctor", "Théo",
)  # fmt: skip
WAYS = ("rue", "avenue", "allée", "impasse", "boulevard", "place", "chemin", "quai", "sente", "montée")
LED_TO = (
    "de l’Église", "du 8-Mai-1945", "de l'Abbé-Grégoire", "des Frères-Lumière", "de la Croix-Rousse", "d’Aÿ", "du Bœuf",
    "Saint-Exupéry", "des Hêtres", "du Maréchal-Leclerc", "de Fontaine-l’Évêque", "aux Ânes", "d'en Haut",
    "Honoré-d’Urfé",
)  # fmt: skip
MORE = ("", "", ", bât. B", ", esc. 2", ", appt 14", ", 3e étage", " (au fond)", ", lieu-dit L’Îlet", ", chez M. Koné")


@dataclass(frozen=True)
class Line:
    """What one person types in one field."""

    kind: EntryKind
    words: str


def lines(seed: int, count: int = COUNT) -> list[Line]:
    """So many names and addresses, one after the other, the same for one seed. Some have one name only."""
    random = Random(seed)
    found = []
    for number in range(count):
        if number % 2:
            door = f"{random.randint(1, 199)}{random.choice(('', '', ' bis', ' ter', '/4'))}"
            address = f"{door}, {random.choice(WAYS)} {random.choice(LED_TO)}{random.choice(MORE)}"
            found.append(Line("text", address))
        else:
            names = random.sample(SURNAMES, random.choice((1, 1, 2)))
            first = random.choice((*FIRST_NAMES, "", ""))
            found.append(Line("name", " ".join([*([first] if first else []), "-".join(names)])))
    return found


class Finger:
    """Somebody who knows what they want to type and looks at the keys: touches what leads there, and nothing else."""

    def __init__(self, kind: EntryKind, room: Room | None = None) -> None:
        self._entry = Entry(kind)
        self._room = room
        self.board = Board(self._entry)

    def seen(self) -> list[Key]:
        """Those in sight, row by row."""
        found = rows(self._entry.kind, self.board.layer, alphabetical=self.board.alphabetical, room=self._room)
        return [key for line in found for key in line if key.letters or key.action]

    def taps(self, words: str) -> Iterator[Key]:
        """The keys to touch, one after the other, beginning with an empty field. The next one is looked for only
        when one was touched."""
        self._entry.replace("")
        while (written := len(self._entry.value)) < len(words):
            key = self._towards(words[written])
            yield key
            self.board.press(key)

    def _towards(self, letter: str) -> Key:
        """The key that types a letter, or the one that leads to it."""
        seen = self.seen()
        for wanted in (self.board.upper, not self.board.upper):
            for key in seen:
                if key.letters and key.typed(upper=wanted) == letter:
                    return key if wanted == self.board.upper else _of(seen, "shift")
        for layer in ("letters", "more", "digits"):
            there = rows(self._entry.kind, layer, room=self._room)
            if layer != self.board.layer and any(
                letter in (key.typed(upper=True), key.typed(upper=False)) for line in there for key in line
            ):
                ways = [key for key in seen if key.action == layer]
                return ways[0] if ways else _of(seen, "letters")  # from one pad to another by the letters
        raise AssertionError(f"no key types {letter!r}")


def _of(seen: list[Key], action: str) -> Key:
    return next(key for key in seen if key.action == action)
