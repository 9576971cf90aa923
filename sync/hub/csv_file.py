"""Reading a CSV that a person made in a spreadsheet, and saying line by line what is wrong. Pure.

UTF-8 with or without BOM; ``;`` or ``,``; headings in French, compared without accents nor case.
Every line is read before anything is refused, so that a person corrects the file once.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sync.errors import InvalidInput

FILE_BYTES_MAX = 8 * 1024 * 1024
LINES_MAX = 20_000
SHOWN_MAX = 100
DATE_PATTERNS = (
    re.compile(r"^(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})$"),
    re.compile(r"^(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)$"),
)
TIME_PATTERN = re.compile(r"^(?P<h>\d{1,2})\s*(?:[:hH]\s*(?P<m>\d\d)?)(?::00)?$")


class BadLines(InvalidInput):
    """A file that cannot be imported; ``lines`` holds one French sentence per problem."""

    def __init__(self, lines: Sequence[str]) -> None:
        shown = list(lines[:SHOWN_MAX])
        if len(lines) > SHOWN_MAX:
            shown.append(f"… et {len(lines) - SHOWN_MAX} autres problèmes.")
        count = "Un problème est" if len(lines) == 1 else f"{len(lines)} problèmes sont"
        super().__init__("\n".join([f"{count} à corriger dans le fichier ; rien n’a été importé.", *shown]))
        self.lines = tuple(lines)


class CellError(ValueError):
    """One cell cannot be used; the text says why and what to write, in French."""


@dataclass(frozen=True)
class Line:
    """One line of the file: its number as a spreadsheet shows it, and its cells by column name."""

    number: int
    cells: Mapping[str, str]


@dataclass
class Problems:
    """The sentences gathered while reading, in the order of the lines."""

    sentences: list[tuple[int, str]] = field(default_factory=list)

    def add(self, number: int, sentence: str) -> None:
        """Adds what is wrong with a line (0: with the file)."""
        self.sentences.append((number, sentence))

    def stop(self) -> None:
        """Raises BadLines when anything was added."""
        if self.sentences:
            ordered = sorted(self.sentences, key=lambda entry: entry[0])
            raise BadLines([f"Ligne {number} : {text}" if number else text for number, text in ordered])


def read_lines(content: bytes, columns: Mapping[str, bool], problems: Problems) -> list[Line]:
    """Reads the lines of a file; empty ones are skipped.

    Args:
        content: the bytes of the file.
        columns: every heading known, in French, and whether it is required.
        problems: where lines that cannot be split into these columns are noted.

    Raises:
        BadLines: nothing of the file can be read: not UTF-8, too long, headings missing or unknown.
    """
    reader = csv.reader(io.StringIO(_decode(content), newline=""), delimiter=_delimiter(content), strict=True)
    lines: list[Line] = []
    try:
        names = _read_headings(next(reader, []), columns)
        for cells in reader:
            trimmed = [cell.strip() for cell in cells]
            if not any(trimmed):
                continue
            if len(trimmed) != len(names):
                problems.add(
                    reader.line_num, f"elle a {len(trimmed)} cases au lieu de {len(names)} : vérifiez les séparateurs."
                )
                continue
            lines.append(Line(reader.line_num, dict(zip(names, trimmed, strict=True))))
    except csv.Error:
        problems.add(reader.line_num, "les guillemets ne sont pas fermés ou la case est trop longue : corrigez-la.")
    if len(lines) > LINES_MAX:
        problems.add(0, f"Le fichier a plus de {LINES_MAX} lignes : découpez-le par période.")
    return lines


def check_filled(cells: Mapping[str, str], names: Sequence[str]) -> None:
    """Raises CellError for the first of these that is empty."""
    for name in names:
        if not cells[name]:
            raise CellError(f"la case « {name} » est vide : remplissez-la")


def read_date(text: str) -> date:
    """Reads ``24/11/2026`` or ``2026-11-24``. Raises CellError."""
    for pattern in DATE_PATTERNS:
        match = pattern.match(text)
        if match:
            try:
                return date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                break
    raise CellError("la date n’existe pas ou n’est pas lisible : écrivez-la comme 24/11/2026")


def read_time(text: str) -> time:
    """Reads ``14:30``, ``14h30``, ``14 h 30`` or ``14h``. Raises CellError."""
    match = TIME_PATTERN.match(text.replace("\u00a0", " ").replace("\u202f", " "))
    try:
        if match:
            return time(int(match["h"]), int(match["m"] or 0))
    except ValueError:
        pass
    raise CellError("l’heure n’est pas lisible : écrivez-la comme 14:30")


def read_number(text: str, *, least: int, most: int) -> int:
    """Reads a whole number within bounds. Raises CellError."""
    if text.isascii() and text.isdigit() and len(text) < 7 and least <= int(text) <= most:
        return int(text)
    raise CellError(f"le nombre doit être un entier de {least} à {most}")


def read_choice(text: str, choices: Sequence[str], what: str, *, case: Callable[[str], str]) -> str:
    """Reads one word of a closed list. Raises CellError with the whole list."""
    word = case(text)
    if word in choices:
        return word
    raise CellError(f"{what} n’est pas dans la liste : écrivez {', '.join(choices)}")


def to_utc(day: date, hour: time, zone: ZoneInfo) -> str:
    """A local time as UTC text. Raises CellError for an hour that does not exist or exists twice."""
    local = datetime.combine(day, hour, tzinfo=zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise CellError("cette heure n’existe pas ce jour-là (passage à l’heure d’été) : choisissez une autre heure")
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise CellError(
            "cette heure existe deux fois ce jour-là (passage à l’heure d’hiver) : choisissez une autre heure"
        )
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(heading: str) -> str:
    """A heading for comparing: lower case, without accents, spaces as underscores."""
    text = unicodedata.normalize("NFKD", heading.strip().lower())
    return re.sub(r"[\s’'-]+", "_", "".join(letter for letter in text if not unicodedata.combining(letter)))


def _decode(content: bytes) -> str:
    if len(content) > FILE_BYTES_MAX:
        raise BadLines([f"Le fichier dépasse {FILE_BYTES_MAX // 1024 // 1024} Mio : découpez-le par période."])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content[: error.start].count(b"\n") + 1
        raise BadLines(
            [f"Ligne {number} : le fichier n’est pas en UTF-8 : enregistrez-le en « CSV UTF-8 » dans votre tableur."]
        ) from error


def _delimiter(content: bytes) -> str:
    heading = content.split(b"\n", 1)[0]
    return ";" if heading.count(b";") >= heading.count(b",") else ","


def _read_headings(cells: Sequence[str], columns: Mapping[str, bool]) -> list[str]:
    known = {plain(name): name for name in columns}
    names = [known.get(plain(cell), "") for cell in cells]
    sentences = [
        f"Ligne 1 : la colonne « {cell.strip()[:40]} » n’est pas connue : les colonnes sont {', '.join(columns)}."
        for cell, name in zip(cells, names, strict=True)
        if not name
    ]
    sentences += [f"Ligne 1 : la colonne « {name} » est en double." for name in columns if names.count(name) > 1]
    missing = [name for name, required in columns.items() if required and name not in names]
    sentences += [f"Ligne 1 : la colonne « {name} » manque." for name in missing]
    if sentences:
        raise BadLines(sentences)
    return names
