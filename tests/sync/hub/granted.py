"""What the tests of grants share: a terminal with a grant, a promise made on it, and the count of places."""

from __future__ import annotations

from sync import escrow
from sync.change import Value
from sync.hub import rows
from sync.wire import Operation
from tests.sync.hub.stand import SITE, Signer, Stand

Grants = dict[str, dict[str, Value]]


def grants_of(hub: Stand, terminal: Signer | None = None) -> Grants:
    """The active grants at the hub, of one terminal or of all, by id, earliest number first."""
    with hub.database.read() as connection:
        held = {record_id: values for _, record_id, values in rows.read_all(connection, "grant")}
    mine = {
        grant_id: values
        for grant_id, values in held.items()
        if values["state"] == "active"
        and (terminal is None or values["terminal_no"] == terminal.certificate.terminal_no)
    }
    return dict(sorted(mine.items(), key=lambda pair: int(str(pair[1]["number"]))))


def granted(hub: Stand, terminal: Signer) -> tuple[str, str]:
    """The first grant of a terminal after a round, and its slot."""
    terminal.round()
    grant_id, values = next(iter(grants_of(hub, terminal).items()))
    return grant_id, str(values["slot_id"])


def promise(terminal: Signer, grant_id: str | None, slot_id: str, spend_no: int = 1, **values: Value) -> Operation:
    """A booking made with no network, on a grant."""
    return terminal.booking(slot_id, state="guaranteed", grant_id=grant_id, spend_no=spend_no, **values)


def state_of(hub: Stand, operation: Operation) -> tuple[Value, Value]:
    found = hub.read("booking", operation.id)
    return found["state"], found["declined_because"]


def check_places(hub: Stand) -> None:
    """Every slot counts what the rule counts, and nobody shares a place."""
    with hub.database.read() as connection:
        bookings = [values for _, _, values in rows.read_all(connection, "booking", SITE)]
        held = {record_id: values for _, record_id, values in rows.read_all(connection, "grant", SITE)}
        slots = {record_id: values for _, record_id, values in rows.read_all(connection, "slot", SITE)}
    for slot_id, slot in slots.items():
        live = [one for one in bookings if one["slot_id"] == slot_id]
        here = {grant_id: grant for grant_id, grant in held.items() if grant["slot_id"] == slot_id}
        assert slot["taken"] == escrow.taken(live, here)
        assert escrow.taken(live, here) <= escrow.places(slot)
