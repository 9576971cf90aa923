"""The list of what a person must settle, in staff words, and settling one of it.

A table of contents: each kind of matter is found in a file of its own (``todo_bookings``, ``todo_terminals``,
``alike``), said in ``todo_words``, and settled by one of its acts. What nobody needs to settle any more settles
itself, and the journal says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from sync.clock import utc_text
from sync.errors import InvalidInput
from sync.hub import accounts, alike, todo_bookings, todo_terminals
from sync.hub.french_time import read_utc
from sync.hub.matter import URGENT_MS, Matter, Scene
from sync.hub.todo_words import Choice

AUTOMATIC = "automatique"
"""Who settled what settled itself."""
READERS = (accounts.EXPLOITATION, accounts.INSTRUCTION, accounts.LECTURE, accounts.ADMINISTRATION)
SOURCES: tuple[Callable[[Scene], Iterator[Matter]], ...] = (
    todo_bookings.journal_matters,
    todo_bookings.tell_matters,
    todo_bookings.overbooked_matters,
    todo_bookings.waiting_matters,
    todo_terminals.redrawn_matters,
    alike.alike_matters,
)


@dataclass(frozen=True)
class Item:
    """One line of the list; nothing personal.

    Attributes:
        id: what ``settle`` takes; stable while the cause lasts.
        kind: ``conflict``, ``tell``, ``overbooked``, ``waiting``, ``redrawn`` or ``alike``.
        site_id: the site it is about.
        since: since when, UTC.
        happened: what happened, one French sentence.
        to_do: what to do, one French sentence.
        choices: the acts to choose from; none when something else must be done first.
        urgent: the hour it is about is less than two days away.
        due_at: the moment after which it is too late, UTC; ``None`` when there is none.
        records: ids of the bookings or registrations that it is about.
    """

    id: str
    kind: str
    site_id: str
    since: str
    happened: str
    to_do: str
    choices: tuple[Choice, ...]
    urgent: bool
    due_at: str | None
    records: tuple[str, ...]


def list_todo(connection: Connection, now_ms: int, site_id: str | None = None) -> list[Item]:
    """What waits for a person, the most urgent first; what nobody needs to settle any more is left out.

    Args:
        connection: of a reading transaction.
        now_ms: milliseconds since 1970.
        site_id: only this site's.
    """
    scene = Scene(connection, now_ms, site_id)
    items = [_item(matter, now_ms) for matter in _matters(scene) if matter.over is None]
    return sorted(items, key=lambda item: (not item.urgent, item.due_at or "9", item.since, item.id))


def settle(connection: Connection, now_ms: int, item_id: str, choice: str, who: str) -> Item:
    """A named person settles one item with one of its choices. Journals it.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        item_id: the item's id.
        choice: the code of one of its choices.
        who: a named person with the role of that kind: ``instruction`` for registrations, else ``exploitation``.

    Returns:
        The item as it stood.

    Raises:
        InvalidInput: no such item (any more), or no such choice.
        Refused: no such role.
    """
    matter = next((one for one in _matters(Scene(connection, now_ms)) if one.id == item_id and one.over is None), None)
    if matter is None:
        accounts.require_any(connection, who, READERS)
        raise InvalidInput("Cette ligne n’est pas, ou plus, dans la liste : relisez « hub todo list ».")
    accounts.require(connection, who, matter.role)
    if choice not in matter.acts:
        codes = ", ".join(matter.acts) or "aucun"
        raise InvalidInput(f"Ce choix n’existe pas pour cette ligne : donnez-en un parmi : {codes}.")
    matter.acts[choice](connection, now_ms, who)
    if matter.close is not None:
        matter.close(connection, now_ms, who)
    accounts.audit(connection, now_ms, who, "todo.settle", item_id, choice)
    return _item(matter, now_ms)


def tidy(connection: Connection, now_ms: int) -> int:
    """Settles what nobody needs to settle any more: the hour is long past, the appointment cancelled since, and so on.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.

    Returns:
        How many were settled; each one has its line in the journal, with the cause.
    """
    over = [matter for matter in _matters(Scene(connection, now_ms)) if matter.over is not None and matter.close]
    for matter in over:
        if matter.close is not None and matter.over is not None:
            matter.close(connection, now_ms, AUTOMATIC)
            accounts.audit(connection, now_ms, AUTOMATIC, "todo.settle", matter.id, matter.over)
    return len(over)


def _matters(scene: Scene) -> Iterator[Matter]:
    for source in SOURCES:
        yield from source(scene)


def _item(matter: Matter, now_ms: int) -> Item:
    return Item(
        id=matter.id,
        kind=matter.kind,
        site_id=matter.site_id,
        since=utc_text(matter.since_ms),
        happened=matter.words.happened,
        to_do=matter.words.to_do,
        choices=tuple(choice for choice in matter.words.choices if choice.code in matter.acts),
        urgent=matter.due_at is not None and read_utc(matter.due_at).timestamp() * 1000 < now_ms + URGENT_MS,
        due_at=matter.due_at,
        records=matter.records,
    )
