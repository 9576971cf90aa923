"""Calls for help from terminals, as the desk of a site may read them, and what a named person answers.

A call is of use for minutes: an older one than ``help_call.KEPT_MS`` is no call any more, and retention destroys it.
Only a named person makes a terminal say « vu » or « quelqu’un arrive ». This is what the desk's page reads and does.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from sync.clock import utc_text
from sync.errors import InvalidInput
from sync.hub import accounts, rows
from sync.hub.database import table_of
from sync.records import HelpCall
from sync.records.help_call import COMING, ENDED, KEPT_MS, SEEN, STATES

CALLS = table_of(HelpCall)
ANSWERS = {"seen": SEEN, "coming": COMING}
"""What a person may say, by the word of the command."""


@dataclass(frozen=True)
class OpenCall:
    """A call that nobody ended; nothing personal.

    Attributes:
        state: ``ouvert``, ``vu`` or ``arrive``.
        called_at: when, UTC.
        answered_at: when a named person answered, UTC; ``None`` while nobody did.
    """

    site_id: str
    id: str
    terminal_no: int
    state: str
    called_at: str
    answered_at: str | None


def list_open(connection: Connection, now_ms: int, site_id: str | None = None) -> list[OpenCall]:
    """The calls of the last hour that nobody ended, the oldest first.

    Args:
        connection: of a reading transaction.
        now_ms: milliseconds since 1970.
        site_id: only this site's.
    """
    query = select(CALLS).where(~CALLS.c.gone, CALLS.c.state != ENDED, CALLS.c.called_at > utc_text(now_ms - KEPT_MS))
    if site_id is not None:
        query = query.where(CALLS.c.site_id == site_id)
    return [
        OpenCall(row.site_id, row.id, row.terminal_no, row.state, row.called_at, row.answered_at)
        for row in connection.execute(query.order_by(CALLS.c.called_at, CALLS.c.site_id, CALLS.c.id))
    ]


def answer(connection: Connection, now_ms: int, call_id: str, what: str, who: str) -> OpenCall:
    """A named person has seen a call, or comes: its terminal says so from its next round on. Journals it.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        call_id: the call's id, or its first eight letters or more.
        what: ``seen`` or ``coming``.
        who: with the role ``exploitation``.

    Raises:
        InvalidInput: no such call is open, or it was answered so already.
        Refused: no such role.
    """
    accounts.require(connection, who, accounts.EXPLOITATION)
    found = [one for one in list_open(connection, now_ms) if len(call_id) >= 8 and one.id.startswith(call_id)]
    if len(found) != 1:
        raise InvalidInput("Aucun appel ouvert n’a cet identifiant : relisez « hub calls list ».")
    call, state = found[0], ANSWERS[what]
    if state not in STATES[call.state]:
        raise InvalidInput("Cet appel a déjà reçu cette réponse : relisez « hub calls list ».")
    values = {"state": state, "answered_at": utc_text(now_ms)}
    rows.write_as_hub(connection, now_ms, "help_call", call.site_id, call.id, values)
    accounts.audit(connection, now_ms, who, "call.answer", f"help_call/{call.site_id}/{call.id}", what)
    return OpenCall(call.site_id, call.id, call.terminal_no, state, call.called_at, values["answered_at"])
