"""Sentences of any list that is read page by page."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "list.position": {"fr": "{first} à {last} sur {total}"},
    "list.position_one": {"fr": "{first} sur {total}"},
    "list.previous": {"fr": "Avant"},
    "list.next": {"fr": "Après"},
}
