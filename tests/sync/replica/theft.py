"""What a thief with the disk **and** the data key would find: the search for given words everywhere.

Reusable by any test: every file under a home is read raw, and every table of the database is read with
the data key. Each word is looked for as UTF-8, UTF-16, without accents, in base64 at each of its three
alignments, and in hexadecimal, in any case.
"""

from __future__ import annotations

import base64
import unicodedata
from functools import cache
from pathlib import Path

from sqlalchemy import text

from sync.replica.database import FILE_NAME, ReplicaDatabase


def find_traces(home: Path, data_key: bytes | None, words: list[str]) -> list[str]:
    """Returns where a word was found, as sentences without the word; nothing found is an empty list.

    Args:
        home: the terminal's home, or any folder.
        data_key: opens ``replica.db``; ``None`` searches the files only.
        words: what a visitor typed; each at least four letters.
    """
    traces = []
    for path in sorted(home.rglob("*")):
        if path.is_file():
            traces += [f"file {path.name}: word {n}" for n in _found_in(path.read_bytes(), words)]
    if data_key is not None and (home / FILE_NAME).exists():
        traces += _found_in_tables(home / FILE_NAME, data_key, words)
    return traces


def _found_in_tables(path: Path, data_key: bytes, words: list[str]) -> list[str]:
    traces = []
    database = ReplicaDatabase.open(path, data_key)
    try:
        with database.read() as connection:
            names = connection.execute(text("SELECT name FROM sqlite_schema WHERE type = 'table'")).scalars().all()
            assert names, "an empty database proves nothing"
            for name in names:
                for row in connection.execute(text(f'SELECT * FROM "{name}"')):
                    line = "\n".join(map(str, row))
                    traces += [f"table {name}: word {n}" for n in _found_in(line.encode(), words)]
                    traces += [f"table {name}, decoded: word {n}" for n in _found_in(_decoded(row), words)]
    finally:
        database.close()
    return traces


def _decoded(row: object) -> bytes:
    """Every value of a row that is base64, decoded, twice: a text in a text."""
    found = b""
    values = [str(value).encode() for value in row]  # type: ignore[attr-defined]
    for _ in range(2):
        values = [piece for value in values for piece in _undo(value)]
        found += b"\n".join(values)
    return found


def _undo(value: bytes) -> list[bytes]:
    try:
        return [base64.b64decode(value + b"=" * (-len(value) % 4), altchars=b"-_", validate=True)]
    except ValueError:
        return []


def _found_in(content: bytes, words: list[str]) -> list[int]:
    if not content.strip(b"\0"):
        return []  # the reserve of disk space
    lowered = content.lower()
    return [
        n for n, word in enumerate(words)
        if any(form in (lowered if form.islower() else content) for form in _forms(word))
    ]  # fmt: skip


@cache
def _forms(word: str) -> frozenset[bytes]:
    """Every form in which a word may rest; one in small letters is found in any case."""
    assert len(word) >= 4, "a short word is found by chance"
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    forms: set[bytes] = set()
    for text_form in {word, plain, unicodedata.normalize("NFD", word), word.encode("unicode_escape").decode()}:
        for lettering in {text_form, text_form.lower(), text_form.upper()}:
            raw = lettering.encode()
            forms |= {raw, lettering.encode("utf-16-le"), lettering.encode("utf-16-be"), raw.hex().encode()}
            forms |= {form for form in _base64_forms(raw) if len(form) >= 5}
    return frozenset(forms)


def _base64_forms(raw: bytes) -> set[bytes]:
    """The letters of a base64 text that depend on ``raw`` alone, for each alignment."""
    forms = set()
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + raw).rstrip(b"=")
        inner = encoded[(shift * 8 + 5) // 6 :]
        inner = inner[: len(inner) - 1] if (len(raw) + shift) % 3 else inner
        forms |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return forms
