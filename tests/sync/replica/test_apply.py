"""Applying pulled entries: whatever the order and the pieces, the newest stamp of each field stands."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.change import Change, Value
from sync.clock import make_stamp
from sync.fields import FeedField, FieldChange, Fields, read_fields
from sync.replica import apply, meta, outbox, rows, schema
from sync.replica.database import ReplicaDatabase
from sync.replica.repair import digest_here
from sync.wire import LEFT_OF_ENDED, FeedEntry, Receipt
from tests.sync.replica.stand_in import SITE, a_booking, an_event

TITLES = ("Atelier", "Forum", "Salon")
PLACES = ("Mairie", "Médiathèque")


def entries_of(chance: random.Random) -> list[FeedEntry]:
    """Five events, each created whole, then changed field by field with stamps in any order."""
    made = []
    for n in range(5):
        created = {name: FeedField(value=value, stamp=make_stamp(0, n, 0)) for name, value in an_event().items()}  # type: ignore[arg-type]
        made.append(FeedEntry.of(n=n + 1, kind="event", site_id=SITE, record_id=f"e-{n}", fields=created))
    stamps = [make_stamp(ms, 0, node) for ms in range(1, 20) for node in (0, 1, 2)]
    chance.shuffle(stamps)
    for n, stamp in enumerate(stamps, start=6):
        name, values = chance.choice((("title", TITLES), ("place", PLACES)))
        changed = {name: FeedField(value=chance.choice(values), stamp=stamp)}
        event = f"e-{chance.randrange(5)}"
        made.append(FeedEntry.of(n=n, kind="event", site_id=SITE, record_id=event, fields=changed))
    return made


def expected(entries: list[FeedEntry]) -> dict[tuple[str, str], object]:
    """The rule, said once more and simply."""
    newest: dict[tuple[str, str], FeedField] = {}
    for entry in entries:
        for name, told_value in entry.fields.items():
            if (entry.id, name) not in newest or told_value.stamp > newest[entry.id, name].stamp:
                newest[entry.id, name] = told_value
    return {key: standing.value for key, standing in newest.items()}


@pytest.mark.parametrize("seed", range(12))
def test_any_order_and_any_pieces_end_the_same(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    entries = entries_of(chance)
    digests = []
    for way in range(2):
        database = ReplicaDatabase.open(tmp_path / f"{way}.db", bytes(32), reserve_bytes=4096)
        schema.migrate(database)
        created, changes = entries[:5], entries[5:]
        chance.shuffle(changes)
        queue = created + changes + chance.sample(changes, 10)
        while queue:
            size = chance.randrange(1, 12)
            with database.write() as connection:
                apply.apply(connection, queue[:size], {}, 0)
            queue = queue[size:]
        with database.read() as connection:
            held = {
                (record_id, name): v
                for record_id, row in rows.list_rows(connection, "event")
                for name, v in row.items()
            }
            digests.append(digest_here(connection))
        database.close()
        wanted = expected(entries)
        assert {key: held[key] for key in wanted} == wanted
    assert digests[0] == digests[1]


def test_a_pending_value_that_loses_is_journaled_once(tmp_path: Path) -> None:
    database = ReplicaDatabase.open(tmp_path / "replica.db", bytes(32), reserve_bytes=4096)
    schema.migrate(database)
    entries = entries_of(random.Random(1))
    key = ("event", SITE, "e-0")
    pending = {(key, "title"): FieldChange(value="Local", stamp=make_stamp(0, 9, 1))}
    newer = FeedEntry.of(
        n=90, kind="event", site_id=SITE, record_id="e-0",
        fields={"title": FeedField(value="Hub", stamp=make_stamp(99, 0, 0))},
    )  # fmt: skip
    with database.write() as connection:
        apply.apply(connection, entries[:5], {}, 0)
        for _ in range(2):
            apply.apply(connection, [newer], pending, 0)
        assert apply.conflict_count(connection) == 1
    database.close()


OWN, HUB = 1, 0
BOOKING = ("booking", SITE, "b-1")


def told(values: dict[str, Value], ms: int, node: int = HUB, n: int = 1) -> FeedEntry:
    fields = {name: FeedField(value=value, stamp=make_stamp(ms, 0, node)) for name, value in values.items()}
    return FeedEntry.of(n=n, kind="booking", site_id=SITE, record_id="b-1", fields=fields)


def refilled(
    path: Path, before: list[FeedEntry], after: list[FeedEntry], sent: FeedEntry | None = None, *, answered: int = 0
) -> dict[str, Value]:
    """What a terminal holds of a booking after a hub's whole feed.

    It had ``sent`` an operation, acknowledged when ``answered`` is 1.
    """
    database = ReplicaDatabase.open(path / "replica.db", bytes(32), reserve_bytes=4096)
    schema.migrate(database)
    with database.write() as connection:
        meta.write(connection, meta.INCARNATION, "incarnation-1")
        if sent is not None:
            changes = [Change(name, one.value, one.stamp, None) for name, one in sent.fields.items()]
            outbox.append(connection, BOOKING, changes, sealed="sealed", written_ms=5)
            outbox.acknowledge(connection, answered, [], 6)
        apply.apply(connection, before, {}, 0)
        apply.start_refill(connection, OWN)
        apply.apply(connection, after, {}, 0)
        apply.finish_refill(connection)
        row = rows.read_row(connection, BOOKING)
        stamps = rows.read_stamps(connection, [BOOKING]).get(BOOKING, {})
    database.close()
    return {**(row or {}), "state stamp": stamps.get("state")}


def test_an_answer_that_a_restored_hub_never_gave_is_not_kept(tmp_path: Path) -> None:
    made = told({**a_booking(), "state": "requested"}, 5, 2)  # type: ignore[dict-item]
    answered = told({"state": "declined", "declined_because": "slot_taken", "answered_at": "2026-12-01T08:00:00Z"}, 9)
    row = refilled(tmp_path, [made, answered], [made])
    assert (row["state"], row["declined_because"], row["answered_at"]) == ("requested", None, None)


def test_what_is_sent_again_stands_where_the_feed_says_nothing_newer(tmp_path: Path) -> None:
    own = told({**a_booking(), "state": "requested"}, 5, OWN)  # type: ignore[dict-item]
    answered = told({"state": "confirmed"}, 9)
    row = refilled(tmp_path, [own, answered], [], own)
    assert (row["state"], row["state stamp"]) == ("requested", make_stamp(5, 0, OWN))


def test_what_the_feed_says_newer_is_not_overwritten_by_what_is_sent_again(tmp_path: Path) -> None:
    own = told({**a_booking(), "state": "requested"}, 5, OWN)  # type: ignore[dict-item]
    row = refilled(tmp_path, [own], [told({"state": "confirmed"}, 9)], own)
    assert (row["state"], row["state stamp"]) == ("confirmed", make_stamp(9, 0, HUB))


def test_what_this_disk_never_wrote_is_not_kept_for_what_waits_beside_it(tmp_path: Path) -> None:
    """This disk was put back and learnt of its own cancelling from the feed; the restored hub knows nothing of it."""
    made = told({**a_booking(), "state": "requested"}, 5, OWN)  # type: ignore[dict-item]
    cancelled = told({"state": "cancelled"}, 7, OWN)
    row = refilled(tmp_path, [made, cancelled], [], made)
    assert (row["state"], row["state stamp"]) == ("requested", make_stamp(5, 0, OWN))


def test_a_record_that_waits_for_its_terminal_keeps_what_was_changed_here(tmp_path: Path) -> None:
    """The restored hub does not know the booking; another terminal's cancelling of it stays on its screen."""
    made = told({**a_booking(), "state": "requested", "answered_at": "2026-12-01T08:00:00Z"}, 5, 2)  # type: ignore[dict-item]
    own = told({"state": "cancelled"}, 7, OWN)
    row = refilled(tmp_path, [made, own], [], own, answered=1)
    assert row["state"] == "cancelled"
    row = refilled_once_more(tmp_path, told({**a_booking(), "state": "requested"}, 5, 2))  # type: ignore[dict-item]
    assert (row["state"], row["answered_at"]) == ("cancelled", None)


def refilled_once_more(path: Path, entry: FeedEntry) -> dict[str, Value]:
    database = ReplicaDatabase.open(path / "replica.db", bytes(32), reserve_bytes=4096)
    with database.write() as connection:
        apply.apply(connection, [entry], {}, 0)
        row = rows.read_row(connection, BOOKING)
    database.close()
    assert row is not None
    return row


def test_a_record_that_the_hub_has_destroyed_goes_away_with_the_whole_feed(tmp_path: Path) -> None:
    """Its tombstone was collected before this terminal came back: only the whole feed says that it is gone."""
    own = told({**a_booking(), "state": "requested"}, 5, OWN)  # type: ignore[dict-item]
    assert refilled(tmp_path, [own, told({"state": "confirmed"}, 9)], [], own, answered=1) == {"state stamp": None}
    (tmp_path / "others").mkdir()
    made = told({**a_booking(), "state": "requested"}, 5, 2)  # type: ignore[dict-item]
    assert refilled(tmp_path / "others", [made], []) == {"state stamp": None}


def test_a_record_of_which_something_waits_to_be_sent_stays(tmp_path: Path) -> None:
    own = told({**a_booking(), "state": "requested"}, 5, OWN)  # type: ignore[dict-item]
    assert refilled(tmp_path, [own, told({"state": "confirmed"}, 9)], [], own)["state"] == "requested"


def a_replica(path: Path) -> ReplicaDatabase:
    database = ReplicaDatabase.open(path, bytes(32), reserve_bytes=4096)
    schema.migrate(database)
    with database.write() as connection:
        meta.write(connection, meta.INCARNATION, "incarnation-1")
    return database


TOMBSTONE = FeedEntry.of(n=9, kind="booking", site_id=SITE, record_id="b-1", fields={})


def test_a_tombstone_ends_the_record_its_stamps_its_journal_and_what_was_typed(tmp_path: Path) -> None:
    database = a_replica(tmp_path / "replica.db")
    own = told({**a_booking(), "state": "requested"}, 5, OWN)  # type: ignore[dict-item]
    with database.write() as connection:
        changes = [Change(name, one.value, one.stamp, None) for name, one in own.fields.items()]
        seq = outbox.append(connection, BOOKING, changes, sealed="typed", written_ms=5)
        outbox.acknowledge(connection, seq, [], 6)
        apply.apply(connection, [own], {}, 0)
        lost, kept = FieldChange(value="a", stamp=make_stamp(1, 0, OWN)), own.fields["state"]
        apply.note_loss(connection, BOOKING, "state", lost, kept, at_ms=0)
        apply.apply(connection, [TOMBSTONE], {}, 0)
        assert rows.read_row(connection, BOOKING) is None
        assert rows.stamps_of(connection) == {}
        assert apply.conflict_count(connection) == 0
        [left] = connection.execute(outbox.OUTBOX.select())
        assert (left.seq, left.sealed, outbox.waiting(connection)) == (seq, None, [])
        assert read_fields(left.fields).values.keys() == LEFT_OF_ENDED, "a restored hub must not wait for its record"
    database.close()


def test_what_waits_for_a_destroyed_record_is_journaled_and_not_parked(tmp_path: Path) -> None:
    database = a_replica(tmp_path / "replica.db")
    with database.write() as connection:
        changes = [Change("state", "cancelled", make_stamp(7, 0, OWN), None)]
        seq = outbox.append(connection, BOOKING, changes, sealed=None, written_ms=5)
        receipts = [Receipt(seq=seq, outcome="rejected", code="forgotten")]
        apply.apply(connection, [TOMBSTONE], {}, 0)
        for again in (1, 0):
            assert apply.drop_forgotten(connection, receipts, 8) == again
        outbox.acknowledge(connection, seq, receipts, 8)
        assert (outbox.count(connection, "rejected"), outbox.count(connection, "waiting")) == (0, 0)
        assert apply.conflict_count(connection) == 1
    database.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_tombstone_among_changes_ends_the_same_in_any_pieces(tmp_path: Path, data: st.DataObject) -> None:
    """The feed of some records with their ends, and new lives of the same ids, cut anywhere."""
    acts = data.draw(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["make", "change", "end"])), max_size=14))
    entries, alive = [], dict.fromkeys(range(3), False)
    for n, (which, act) in enumerate(acts, start=1):
        values: dict[str, object] = {} if act == "end" else {"title": f"t-{n}"}
        if act != "end" and not alive[which]:
            values = {**an_event(), **values}
        alive[which] = act != "end"
        fields = {name: FeedField(value=one, stamp=make_stamp(n, 0, HUB)) for name, one in values.items()}  # type: ignore[arg-type]
        entries.append(FeedEntry.of(n=n, kind="event", site_id=SITE, record_id=f"e-{which}", fields=fields))
    digests, held = set(), set()
    for way in range(2):
        path = tmp_path / f"{way}.db"
        path.unlink(missing_ok=True)
        database = a_replica(path)
        queue = list(entries)
        with database.write() as connection:
            while queue:
                size = len(queue) if way == 0 else data.draw(st.integers(1, 4))
                apply.apply(connection, queue[:size], {}, 0)
                queue = queue[size:]
            digests.add(digest_here(connection))
            held.add(tuple((record_id, row["title"]) for record_id, row in rows.list_rows(connection, "event")))
        database.close()
    assert len(digests) == len(held) == 1
    assert {record_id for record_id, _ in held.pop()} == {f"e-{which}" for which, lives in alive.items() if lives}


NEW_FIELDS = {**an_event(), "gone": False, "state": "ouvert", "seats": 12, "of_a_newer_hub": "x", "theme": "\x07"}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sets(st.sampled_from(sorted(NEW_FIELDS))), min_size=1, max_size=4))
def test_a_stamp_that_is_said_once_and_one_that_is_said_by_field_come_to_the_same(
    empty: ReplicaDatabase, names: list[set[str]]
) -> None:
    """Whole or not, with what a newer hub says or not: rows, stamps, digest and what could not be read."""
    told = [{name: NEW_FIELDS[name] for name in [*an_event(), *more][n % 2 :]} for n, more in enumerate(names)]
    held = []
    for by_field in (False, True):
        with suppress(Undone), empty.write() as connection:
            entries = []
            for n, values in enumerate(told, start=1):
                stamp = make_stamp(n, 0, 0)
                said = Fields(dict.fromkeys(values, stamp) if by_field else stamp, values)  # type: ignore[arg-type]
                entries.append(FeedEntry(n=n, kind="event", site_id=SITE, id=f"e-{n}", told=said))
            apply.apply(connection, entries, {}, 0)
            read = rows.stamps_of(connection), rows.list_rows(connection, "event"), digest_here(connection)
            held.append((*read, meta.read(connection, meta.UNREADABLE)))
            raise Undone
    assert held[0] == held[1]
    assert held[0][0] == {
        ("event", SITE, f"e-{n}"): dict.fromkeys(one, make_stamp(n, 0, 0)) for n, one in enumerate(told, 1)
    }


class Undone(Exception):
    """Ends a transaction without keeping it."""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[ReplicaDatabase]:
    database = ReplicaDatabase.open(tmp_path / "empty.db", bytes(32), reserve_bytes=4096)
    schema.migrate(database)
    yield database
    database.close()
