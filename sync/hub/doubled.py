"""A terminal of which two copies live: whichever speaks makes the other draw a new incarnation, in turn, for ever.

A disk that was put back changes its incarnation once. One that changes it again and again within a day is two disks
with one identity. The hub goes on taking what both send, and gives that terminal no more places: each new incarnation
would be given a stock, and leave the one before behind. Only a named person knows that one of the two was switched off.
"""

from __future__ import annotations

import json

from sqlalchemy import ColumnElement, Connection, exists, literal, select

from sync.errors import InvalidInput
from sync.hub import accounts
from sync.hub.database import read_meta, table_of, write_meta
from sync.hub.tables import Meta, Redrawn, Terminal

META, REDRAWN, TERMINALS = table_of(Meta), table_of(Redrawn), table_of(Terminal)
TURNS = 3
WITHIN_MS = 86_400_000
_TURNS, _SINCE = "turns/", "doubled/"


def note_turn(connection: Connection, terminal_id: str, now_ms: int) -> None:
    """Notes that a terminal spoke with another incarnation than the time before; the third within a day tells.

    Args:
        connection: of the writing transaction of its round.
        terminal_id: the terminal.
        now_ms: milliseconds since 1970.
    """
    before = json.loads(read_meta(connection, _TURNS + terminal_id) or "[]")
    turns = [*(at for at in before if at > now_ms - WITHIN_MS), now_ms][-TURNS:]
    write_meta(connection, _TURNS + terminal_id, json.dumps(turns))
    if len(turns) == TURNS and read_meta(connection, _SINCE + terminal_id) is None:
        write_meta(connection, _SINCE + terminal_id, str(now_ms))


def is_doubled() -> ColumnElement[bool]:
    """The condition of a query of terminals: two copies of this one live."""
    return exists().where(META.c.key == literal(_SINCE) + TERMINALS.c.terminal_id)


def since(connection: Connection, site_id: str | None = None) -> dict[str, tuple[int, str, int]]:
    """The terminals of which two copies live, not revoked: number, site, and since when, by id.

    Args:
        connection: a transaction.
        site_id: only this site's.
    """
    query = (
        select(TERMINALS.c.terminal_id, TERMINALS.c.terminal_no, TERMINALS.c.site_id, META.c.value)
        .join(META, META.c.key == literal(_SINCE) + TERMINALS.c.terminal_id)
        .where(TERMINALS.c.revoked_ms.is_(None))
        .order_by(TERMINALS.c.terminal_no)
    )
    if site_id is not None:
        query = query.where(TERMINALS.c.site_id == site_id)
    found = connection.execute(query)
    return {row.terminal_id: (row.terminal_no, row.site_id, int(row.value)) for row in found}


def end(connection: Connection, now_ms: int, terminal_id: str, who: str) -> None:
    """A named person answers that one of two copies was switched off: it is given places again. Journals it.

    What the list said of its incarnations is settled with it, except the newest line and those with people at risk.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        terminal_id: its identifier, or its number.
        who: a person with the role ``exploitation``.

    Raises:
        InvalidInput: no such terminal, or the hub has not seen two copies of it.
        Refused: ``who`` may not do this.
    """
    accounts.require(connection, who, accounts.EXPLOITATION)
    lives = since(connection)
    named = [one for one, (number, _, _) in lives.items() if terminal_id in {one, str(number)}]
    if not named:
        raise InvalidInput("Le hub n’a pas vu deux copies de cette borne : relisez « point-contact hub todo list ».")
    [found] = named
    connection.execute(META.delete().where(META.c.key.in_([_TURNS + found, _SINCE + found])))
    bare = (REDRAWN.c.terminal_id == found) & (REDRAWN.c.at_risk == "[]") & REDRAWN.c.settled_ms.is_(None)
    newest = select(REDRAWN.c.at_ms).where(REDRAWN.c.terminal_id == found).order_by(REDRAWN.c.at_ms.desc()).limit(1)
    older = bare & (REDRAWN.c.at_ms < newest.scalar_subquery())
    connection.execute(REDRAWN.update().where(older).values(settled_ms=now_ms, settled_by=who))
    accounts.audit(connection, now_ms, who, "terminal.single", found, lives[found][1])
