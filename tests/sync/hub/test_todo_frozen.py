"""A site that gives nothing away since a restore says so on the list, and whom it misses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.hub import feed, fleet, grants, todo
from tests.sync.hub.stand import ADMIN, HOUR_MS, SITE, Stand, hub_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def lines(hub: Stand, site_id: str | None = None) -> list[todo.Item]:
    with hub.database.read() as connection:
        return todo.list_todo(connection, hub.clock(), site_id)


def begin_anew(hub: Stand) -> None:
    """What a restore does to the history."""
    with hub.database.write() as connection:
        feed.renew_generation(connection, hub.clock(), hub.random)


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


def test_an_hour_after_a_restore_the_terminals_that_are_missed_are_one_line_a_site(hub: Stand) -> None:
    first, second = hub.enrol(), hub.enrol()
    hub.add_site("site-bron")
    third = hub.enrol("site-bron")
    for terminal in (first, second, third):
        terminal.round()
    assert lines(hub) == []
    begin_anew(hub)
    hub.clock.ms += HOUR_MS - 1
    assert lines(hub) == [], "who has a network reports within minutes"
    hub.clock.ms += 1
    here, there = sorted(lines(hub), key=lambda item: item.site_id != SITE)
    assert (here.kind, here.choices, there.site_id) == ("frozen", (), "site-bron")
    assert "les bornes n° 1 et n° 2 n’ont pas redit" in plain(here.happened)
    assert "« hub terminal revoke 1 » ou « hub terminal revoke 2 »" in plain(here.to_do)
    assert [item.site_id for item in lines(hub, "site-bron")] == ["site-bron"]


def test_the_line_goes_when_the_last_one_has_reported_or_is_revoked(hub: Stand) -> None:
    first, second = hub.enrol(), hub.enrol()
    begin_anew(hub)
    hub.clock.ms += 2 * HOUR_MS
    first.round()  # learns of the new history
    first.round()
    [item] = lines(hub)
    assert "la borne n° 2 n’a pas redit" in plain(item.happened)
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), second.terminal_id, ADMIN)
        assert not grants.frozen(connection, SITE)
    assert lines(hub) == []
