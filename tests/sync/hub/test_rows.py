"""Records as the hub writes them on its own behalf."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.change import Value
from sync.clock import HybridClock, make_stamp, stamp_ms, stamp_node
from sync.errors import InvalidInput
from sync.fields import Fields, read_fields
from sync.hub import feed, rows
from sync.hub.database import HubDatabase
from sync.hub.judging import Author, judge_fields
from sync.hub.standing import Standing
from sync.stamped import read_at_rest
from tests.sync.hub.stand import an_empty_database

EVENT: dict[str, Value] = {
    "external_ref": "E-1", "title": "Forum de l’emploi", "starts_at": "2026-12-01T08:00:00Z",
    "ends_at": "2026-12-01T10:00:00Z", "place": "Salle des fêtes",
}  # fmt: skip


@pytest.fixture
def database(tmp_path: Path) -> Iterator[HubDatabase]:
    (tmp_path / "hub.db").write_bytes(an_empty_database())
    opened = HubDatabase.open(tmp_path / "hub.db")
    yield opened
    opened.close()


def test_a_new_record_is_whole_in_the_feed(database: HubDatabase) -> None:
    with database.write() as connection:
        changed = rows.write_as_hub(connection, 1000, "event", "lyon", "e-1", EVENT)
        [entry] = feed.read_after(connection, {}, ["lyon"], "").entries
    assert changed == entry.fields.keys() >= {"gone", "state", "title"}


def test_only_what_changed_is_stamped_and_published(database: HubDatabase) -> None:
    with database.write() as connection:
        rows.write_as_hub(connection, 1000, "event", "lyon", "e-1", EVENT)
        again = rows.write_as_hub(connection, 2000, "event", "lyon", "e-1", EVENT)
        changed = rows.write_as_hub(connection, 3000, "event", "lyon", "e-1", {**EVENT, "state": "complet"})
        page = feed.read_after(connection, {"lyon": 1}, ["lyon"], "")
    assert (again, changed) == (set(), {"state"})
    [entry] = page.entries
    assert entry.n == 2
    assert [(name, held.value, stamp_ms(held.stamp)) for name, held in entry.fields.items()] == [
        ("state", "complet", 3000)
    ]


def test_the_hubs_stamps_never_go_back(database: HubDatabase) -> None:
    stamps = []
    for now_ms, title in ((5000, "a"), (4000, "b"), (4000, "c")):
        with database.write() as connection:
            rows.write_as_hub(connection, now_ms, "event", "lyon", "e-1", {**EVENT, "title": title})
    with database.read() as connection:
        for entry in feed.read_after(connection, {}, ["lyon"], "").entries:
            stamps.append(entry.fields["title"].stamp)
    assert stamps == sorted(set(stamps))
    assert {stamp_node(stamp) for stamp in stamps} == {0}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("meeting", {"title": "x"}),
        ("event", {"title": "x"}),
        ("event", {**EVENT, "colour": "red"}),
        ("event", {**EVENT, "seats": -1}),
        ("event", {**EVENT, "starts_at": "demain"}),
        ("event", {**EVENT, "title": "Nadège\x00"}),
    ],
)
def test_what_is_not_permitted_is_refused_without_its_value(
    database: HubDatabase, kind: str, values: dict[str, Value]
) -> None:
    with database.write() as connection, pytest.raises(InvalidInput) as refused:
        rows.write_as_hub(connection, 1000, kind, "lyon", "e-1", values)
    assert "Nadège" not in refused.value.message
    with database.read() as connection:
        assert feed.read_heads(connection, ["lyon"]) == {"lyon": 0}


def test_many_records_are_written_at_once(database: HubDatabase) -> None:
    events = {f"e-{n:04}": {**EVENT, "external_ref": f"E-{n}"} for n in range(1200)}
    with database.write() as connection:
        changed = rows.write_all_as_hub(connection, 1000, "event", "lyon", events)
        again = rows.write_all_as_hub(connection, 1000, "event", "lyon", events)
    assert all(changed.values())
    assert not any(again.values())
    with database.read() as connection:
        found = rows.read_all(connection, "event", "lyon")
        assert len(found) == len(rows.read_all(connection, "event")) == 1200
        assert rows.read_all(connection, "event", "brest") == []
        assert rows.read(connection, "event", "lyon", "absent") is None
    assert [record_id for _, record_id, _ in found] == sorted(events)


SENT = st.fixed_dictionaries({}, optional={name: st.text(max_size=3) for name in ("name", "address", "zone", "phone")})
AFTER = st.lists(st.tuples(st.booleans(), st.sampled_from(["name", "phone", "region"])), max_size=3)


def told(standing: Standing) -> tuple[object, ...]:
    """What is written and published of a record, its texts read."""
    by_terminal = read_fields(feed._said_by_terminal(standing, {})) if standing.changed else None
    row = dict(zip(feed._OF_STAMPS, feed._stamps_line(standing), strict=True))
    stamps = read_at_rest(str(row.pop("stamps")))
    changed = [name for name in standing.values if standing.changes(name)]
    return standing.values, standing.stamps, standing.changed, changed, by_terminal, standing.by_hub, stamps, row


@given(SENT, st.booleans(), AFTER)
def test_a_record_that_is_begun_is_as_if_each_change_were_accepted(
    sent: dict[str, Value], one: bool, after: list[tuple[bool, str]]
) -> None:
    stamps = [make_stamp(1, 0 if one else at, 7) for at in range(len(sent))]
    said = Fields.of(sent, dict(zip(sent, stamps, strict=True)), {})
    whole: dict[str, Value] = {"gone": False, **sent}
    begun = Standing.begun("site", "site-lyon", "site-lyon", {**whole}, said)
    accepted = Standing("site", "site-lyon", "site-lyon", {**whole})
    judged = judge_fields(accepted, said.changes(), Author("t", 7), HybridClock(0, lambda: 2))
    assert (judged.lost, judged.losses) == ([], [])
    assert told(begun) == told(accepted)
    for number, (by_terminal, name) in enumerate(after, start=2):
        for standing in (begun, accepted):
            (standing.accept if by_terminal else standing.decide)(name, "x", make_stamp(number, 0, 7 * by_terminal))
            standing.over = {name: stamps[0]} if stamps and number == 3 else {}
        assert not begun.checked
        assert told(begun) == told(accepted)
