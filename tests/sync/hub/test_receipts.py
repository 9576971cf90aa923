"""What operations said is kept in runs: each is known by itself, sent again alone or beside others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sync.fields import Fields
from sync.hub import receipts
from sync.hub.push import SORTED_JSON, Sender
from sync.hub.receipts import APPLIED, Stored
from sync.wire import Operation, Receipt
from tests.sync.hub.stand import SITE, Stand, hub_in

STAMPS = [f"{n:020x}" for n in range(1, 4)]
MINE = Sender("terminal", 1, SITE, "disk")
OTHER = Sender("terminal", 1, SITE, "other-disk")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def said(seq: int, name: str = "a", stamp: str = STAMPS[0]) -> Operation:
    return Operation(seq=seq, kind="site", site_id=SITE, id=f"record-{seq}", said=Fields(stamp, {"name": name}))


def keep(hub: Stand, first: int, last: int, sender: Sender = MINE, *, rejected: int = 0) -> None:
    """Keeps a run; the operation ``rejected`` of it was refused."""
    numbers = range(first, last + 1)
    told = [Receipt(seq=n, outcome="rejected" if n == rejected else APPLIED) for n in numbers]
    with hub.database.write() as connection:
        receipts.keep(connection, sender, told, [receipts.said_of(said(n)) for n in numbers])


def read(hub: Stand, first: int, last: int) -> dict[int, Stored]:
    with hub.database.read() as connection:
        return receipts.read(connection, MINE, first, last)


def test_each_operation_of_a_run_is_known_by_itself(hub: Stand) -> None:
    keep(hub, 1, 3)
    keep(hub, 4, 6, rejected=5)
    keep(hub, 3, 5, OTHER)
    found = read(hub, 2, 5)
    assert [found[n].receipt.outcome for n in sorted(found)] == ["applied", "applied", "applied", "rejected"]
    assert all(found[n].said_the_same(said(n)) and not found[n].is_restamped(said(n)) for n in found)
    assert not found[3].said_the_same(said(3, "b"))
    assert found[3].is_restamped(said(3, stamp=STAMPS[1]))
    several = said(3).changed(said=Fields({"name": STAMPS[1], "zone": STAMPS[2]}, {"name": "a", "zone": "z"}))
    assert not found[3].said_the_same(several)
    with hub.database.read() as connection:
        assert [one.seq for one in receipts.told_before(connection, MINE, 0, 7)] == [5]


def test_of_a_run_that_is_forgotten_in_part_the_rest_is_still_known(hub: Stand) -> None:
    keep(hub, 1, 10, rejected=5)
    keep(hub, 11, 12)
    with hub.database.write() as connection:
        receipts.forget(connection, MINE, 4, 11)
    found = read(hub, 1, 12)
    assert sorted(found) == [1, 2, 3, 12]
    assert all(found[n].said_the_same(said(n)) for n in found)
    keep(hub, 4, 11)
    assert sorted(read(hub, 1, 12)) == [*range(1, 13)]


def test_a_receipt_of_an_earlier_version_is_compared_as_it_was_written(hub: Stand) -> None:
    """One row an operation, and its stamps hashed field by field."""
    values, stamps = SORTED_JSON.encode(["site", "record-1", {"name": "a"}]), b'{"name":"%b"}' % STAMPS[0].encode()
    row = {"t": "terminal", "i": "disk", "said": f"{receipts._hash_of(values)[:16]}.{receipts._hash_of(stamps)[:16]}"}
    insert = "INSERT INTO hub_receipt (terminal_id, incarnation, seq, outcome, lost, said)"
    with hub.database.write() as connection:
        connection.execute(text(f"{insert} VALUES (:t, :i, 1, 'applied', '[]', :said)"), row)
    [found] = read(hub, 1, 1).values()
    assert found.said_the_same(said(1))
    assert not found.is_restamped(said(1))
    assert found.is_restamped(said(1, stamp=STAMPS[1]))
    assert not found.said_the_same(said(1, "b"))
