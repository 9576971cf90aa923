"""How visits ended, counted here and told once their day is over: neither the order nor the time of a tap leaves.

A tap adds one to the counts of its day and journey. It makes no record and no line of the outbox, whose stamps would
say when. The first round of a later day writes one record a day and journey, under an identifier that its terminal
alone makes and that is the same however often it is written.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from sync.errors import InvalidInput
from sync.records.satisfaction import ANSWERS, COUNT_MAX, JOURNEYS, SatisfactionFields
from sync.replica.tables import OPINIONS
from sync.replica.writing import Writer


def add(connection: Connection, day: date, journey: str, answer: str) -> None:
    """Counts one tap.

    Args:
        connection: of a writing transaction.
        day: of the site.
        journey: one of ``satisfaction.JOURNEYS``.
        answer: one of ``satisfaction.ANSWERS``.

    Raises:
        InvalidInput: no such journey or answer.
    """
    if journey not in JOURNEYS or answer not in ANSWERS:
        raise InvalidInput("Cette réponse n’existe pas.")
    counts = {**dict.fromkeys(ANSWERS, 0), answer: 1}
    one_more = {answer: OPINIONS.c[answer] + 1}
    statement = insert(OPINIONS).values(day=day.isoformat(), journey=journey, **counts)
    connection.execute(statement.on_conflict_do_update(index_elements=["day", "journey"], set_=one_more))


def publish(connection: Connection, writer: Writer, terminal_no: int, today: date, now_ms: int) -> int:
    """Makes records of the days that are over, and forgets their counts here. Returns how many records.

    Args:
        connection: of a writing transaction.
        writer: writes records.
        terminal_no: whose counts they are.
        today: the day of the site that is not over.
        now_ms: milliseconds since 1970.
    """
    over = OPINIONS.c.day < today.isoformat()
    found = connection.execute(select(OPINIONS).where(over).order_by(OPINIONS.c.day, OPINIONS.c.journey)).all()
    for row in found:
        record_id = f"avis-{terminal_no}-{row.day}-{row.journey}"
        counts = {name: min(COUNT_MAX, int(getattr(row, name))) for name in ANSWERS}
        values = {"terminal_no": terminal_no, "day": row.day, "journey": row.journey, **counts}
        writer.write(connection, SatisfactionFields.kind, record_id, values, None, now_ms)
    connection.execute(delete(OPINIONS).where(over))
    return len(found)


def any_over(connection: Connection, today: date) -> bool:
    """True when a day is over that was not told."""
    query = select(OPINIONS.c.day).where(OPINIONS.c.day < today.isoformat()).limit(1)
    return connection.execute(query).first() is not None
