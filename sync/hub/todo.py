"""The list of what a person must settle, in staff words, and settling one of it.

A table of contents: each kind of matter is found in a file of its own (``todo_bookings``, ``todo_terminals``,
``todo_due``, ``alike``), said in ``todo_words``, and settled by one of its acts. What nobody needs to settle any
more settles itself, and the journal says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from sync.claim import ALPHABET, LOOK_ALIKES
from sync.clock import utc_text
from sync.errors import InvalidInput, Refused
from sync.hub import accounts, alike, todo_bookings, todo_due, todo_terminals
from sync.hub.french_time import read_utc
from sync.hub.matter import URGENT_MS, Matter, Scene
from sync.hub.seen import code_of
from sync.hub.todo_words import Choice

AUTOMATIC = "automatique"
"""Who settled what settled itself."""
READERS = (accounts.EXPLOITATION, accounts.INSTRUCTION, accounts.LECTURE, accounts.ADMINISTRATION)
SOURCES: Mapping[str, Callable[[Scene], Iterator[Matter]]] = {
    "conflict": todo_bookings.journal_matters,
    "tell": todo_bookings.tell_matters,
    "news": todo_bookings.news_matters,
    "overbooked": todo_bookings.overbooked_matters,
    "waiting": todo_bookings.waiting_matters,
    "redrawn": todo_terminals.redrawn_matters,
    "doubled": todo_terminals.doubled_matters,
    "frozen": todo_terminals.frozen_matters,
    "quarantine": todo_terminals.quarantine_matters,
    "alike": alike.alike_matters,
    "compare": alike.compare_matters,
    "due": todo_due.due_matters,
}
"""Where the matters of each kind are found; the kind is what an item's id begins with."""
SHOWN_LENGTH = 6
ACTION = "todo.settle"
CHANGED = "Cette ligne a changé depuis que vous l’avez lue : rien n’est fait, relisez « hub todo list »."
GONE = "Cette ligne n’est pas, ou plus, dans la liste : relisez « hub todo list »."


@dataclass(frozen=True)
class Item:
    """One line of the list; nothing personal.

    Attributes:
        id: what ``settle`` takes; stable while the cause lasts.
        code: ten characters that change with what happened, whom it touches and what may be chosen: who settles gives
            it back, so that nothing is settled that has changed since.
        kind: ``conflict``, ``tell``, ``news``, ``overbooked``, ``waiting``, ``redrawn``, ``doubled``, ``frozen``,
            ``quarantine``, ``alike`` or ``due``.
        site_id: the site it is about.
        place: the name of that site.
        since: since when, UTC.
        happened: what happened, one French sentence.
        to_do: what to do, one French sentence.
        choices: the acts to choose from; none when something else must be done first.
        urgent: the hour it is about is less than two days away.
        due_at: the moment after which it is too late, UTC; ``None`` when there is none.
        records: ids of the bookings or registrations that it is about.
    """

    id: str
    code: str
    kind: str
    site_id: str
    place: str
    since: str
    happened: str
    to_do: str
    choices: tuple[Choice, ...]
    urgent: bool
    due_at: str | None
    records: tuple[str, ...]

    @property
    def short(self) -> str:
        """The code as a person types it: ``K7Q-2MD``."""
        return f"{self.code[:3]}-{self.code[3:SHOWN_LENGTH]}"


@dataclass(frozen=True)
class Settled:
    """What came of settling: which line, which choice, when (UTC), by whom; ``again`` when it was so already."""

    id: str
    code: str
    choice: str
    at: str
    who: str
    again: bool


def list_todo(connection: Connection, now_ms: int, site_id: str | None = None) -> list[Item]:
    """What waits for a person, the most urgent first; what nobody needs to settle any more is left out.

    Args:
        connection: of a reading transaction.
        now_ms: milliseconds since 1970.
        site_id: only this site's.
    """
    scene = Scene(connection, now_ms, site_id)
    items = [_item(scene, matter) for matter in _matters(scene) if matter.over is None]
    return sorted(items, key=lambda item: (not item.urgent, item.due_at or "9", item.since, item.id))


def find(items: Sequence[Item], typed: str) -> Item:
    """The line that a person means by the code they typed, with or without dash, in any case, look-alikes read as one.

    Raises:
        InvalidInput: no line has it, or several have: the sentence asks for all ten characters.
    """
    code = "".join(letter for letter in typed.upper().translate(LOOK_ALIKES) if letter in ALPHABET)
    found = [item for item in items if len(code) >= SHOWN_LENGTH and item.code.startswith(code)]
    if len(found) > 1:
        raise InvalidInput(f"Deux lignes commencent ainsi : tapez l’un de ces codes : {_codes(found)}.")
    if not found:
        raise InvalidInput(GONE)
    return found[0]


def choice_of(item: Item, typed: str) -> Choice:
    """The choice that a person means by its number in the line, from 1, or by its code.

    Raises:
        InvalidInput: there is no such choice.
    """
    for number, choice in enumerate(item.choices, 1):
        if typed in {str(number), choice.code}:
            return choice
    if not item.choices:
        raise InvalidInput("Cette ligne n’a pas de choix : faites d’abord ce qu’elle dit, elle se réglera d’elle-même.")
    raise InvalidInput(f"Ce choix n’existe pas pour cette ligne : donnez son numéro, de 1 à {len(item.choices)}.")


def settle(
    connection: Connection, now_ms: int, item_id: str, choice: str, who: str, *, seen: str | None = None
) -> Settled:
    """A named person settles one item with one of its choices. Journals it. The same once more changes nothing.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        item_id: the item's id.
        choice: the code of one of its choices.
        who: a named person with the role of that kind: ``instruction`` for registrations, else ``exploitation``.
        seen: the item's code as it was read.

    Raises:
        InvalidInput: no such item (any more), or no such choice.
        Refused: no such role; ``changed``, the item is not what was read any more; ``settled``, another person or
            another choice settled it.
    """
    scene = Scene(connection, now_ms)
    found = (one for one in _matters(scene, item_id.partition(".")[0]) if one.id == item_id and one.over is None)
    matter = next(found, None)
    item = None if matter is None else _item(scene, matter)
    if matter is None or item is None or seen not in {None, item.code}:
        accounts.require_any(connection, who, READERS)
        return _settled_before(connection, item_id, choice, who, seen, listed=item is not None)
    accounts.require(connection, who, matter.role)
    if choice not in matter.acts:
        codes = ", ".join(matter.acts) or "aucun"
        raise InvalidInput(f"Ce choix n’existe pas pour cette ligne : donnez-en un parmi : {codes}.")
    matter.acts[choice](connection, now_ms, who)
    if matter.close is not None:
        matter.close(connection, now_ms, who)
    accounts.audit(connection, now_ms, who, ACTION, _subject(item.id, item.code), choice)
    return Settled(item.id, item.code, choice, utc_text(now_ms), who, again=False)


def tidy(connection: Connection, now_ms: int) -> int:
    """Settles what nobody needs to settle any more: the hour is long past, the appointment cancelled since, and so on.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.

    Returns:
        How many were settled; each one has its line in the journal, with the cause.
    """
    scene = Scene(connection, now_ms)
    over = [(matter, _item(scene, matter)) for matter in _matters(scene) if matter.over is not None and matter.close]
    for matter, item in over:
        if matter.close is not None and matter.over is not None:
            matter.close(connection, now_ms, AUTOMATIC)
            accounts.audit(connection, now_ms, AUTOMATIC, ACTION, _subject(item.id, item.code), matter.over)
    return len(over)


def _settled_before(
    connection: Connection, item_id: str, choice: str, who: str, seen: str | None, *, listed: bool
) -> Settled:
    """The answer to whoever settles what is not there as they read it: done by them already, or refused."""
    lines = accounts.audited(connection, ACTION, _subject(item_id, seen)) if seen is not None else []
    for line in lines:
        if (line["who"], line["detail"]) == (who, choice):
            return Settled(item_id, str(seen), choice, utc_text(line["at_ms"]), who, again=True)
    if lines:
        by = "d’elle-même" if lines[-1]["who"] == AUTOMATIC else f"par « {lines[-1]['who']} »"
        raise Refused("settled", f"Cette ligne a été réglée entre-temps, {by} : rien n’est fait de plus.")
    if listed:
        raise Refused("changed", CHANGED)
    raise InvalidInput(GONE)


def _matters(scene: Scene, kind: str | None = None) -> Iterator[Matter]:
    for name, source in SOURCES.items():
        if kind in {None, name}:
            yield from source(scene)


def _item(scene: Scene, matter: Matter) -> Item:
    choices = tuple(choice for choice in matter.words.choices if choice.code in matter.acts)
    return Item(
        id=matter.id,
        code=_code(matter, choices),
        kind=matter.kind,
        site_id=matter.site_id,
        place=scene.place(matter.site_id),
        since=utc_text(matter.since_ms),
        happened=matter.words.happened,
        to_do=matter.words.to_do,
        choices=choices,
        urgent=matter.due_at is not None and read_utc(matter.due_at).timestamp() * 1000 < scene.now_ms + URGENT_MS,
        due_at=matter.due_at,
        records=matter.records,
    )


def _code(matter: Matter, choices: tuple[Choice, ...]) -> str:
    """A digest of what happened, since when, whom it touches, what may be chosen; the advice may change meanwhile."""
    words = [matter.id, matter.since_ms, matter.due_at, matter.words.happened, list(matter.records)]
    return code_of([*words, [[choice.code, choice.label, choice.effect] for choice in choices]])


def _codes(items: Sequence[Item]) -> str:
    return ", ".join(item.code for item in items)


def _subject(item_id: str, code: str | None) -> str:
    """Under what the journal finds the settling of one state of one line."""
    return f"{item_id}/{code}"
