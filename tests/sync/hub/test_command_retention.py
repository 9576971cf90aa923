"""``hub retention`` and ``hub terminal confirm`` as an operator types them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.clock import utc_text
from sync.hub import revocations
from sync.hub.backup import make_backup
from sync.hub.command_options import now_ms
from tests.sync.hub.stand import ADMIN, SITE, Clock, Stand, hub_in
from tests.sync.hub.test_command import Operator

DAY_MS = 86_400_000


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub", clock=Clock(now_ms() - 20 * DAY_MS)) as stand:
        yield stand


@pytest.fixture
def operator(hub: Stand, capsys: pytest.CaptureFixture[str]) -> Operator:
    return Operator(hub.home, capsys)


def test_what_is_due_is_shown_then_destroyed_under_a_name(hub: Stand, operator: Operator) -> None:
    assert "Rien dont le délai soit passé" in operator.do("retention", "show", who=None)
    slot_id, terminal = hub.add_slot(in_hours=24), hub.enrol()
    booking, prepared = terminal.booking(slot_id), terminal.registration(sealed=None)
    terminal.round([booking, prepared])
    terminal.round()
    shown = operator.do("retention", "show", who=None)
    assert "jamais" in shown
    assert all(word in shown for word in ("rendez-vous", booking.id, "au prochain passage"))
    assert operator.json("retention", "show")["due"] != []
    assert "Fiches détruites : 1" in operator.do("retention", "run", who=ADMIN)
    assert operator.json("retention", "show")["due"] == []
    assert "jamais" not in operator.do("retention", "show", who=None)
    assert newest(operator)[0]["action"] == "retention.run"


def test_who_may_not_destroy_is_told_so(operator: Operator) -> None:
    assert "Aucun compte" in operator.refused("retention", "run", who="Personne")


def newest(operator: Operator) -> list[dict[str, object]]:
    lines = operator.json("audit")["newest"]
    assert isinstance(lines, list)
    return lines


def test_a_lost_list_of_revoked_terminals_is_said_at_the_restore_and_confirmed(hub: Stand, operator: Operator) -> None:
    hub.enrol()
    report = make_backup(hub.database, hub.keys, hub.clock(), ADMIN)
    hub.close()
    said = operator.do("restore", str(report.path), who=ADMIN)
    assert "hub terminal confirm" not in said
    revocations.path_of(hub.keys).unlink()
    assert "hub terminal confirm" in operator.do("restore", str(report.path), who=ADMIN)
    assert "bornes révoquées : 0" in operator.do("terminal", "confirm", who=ADMIN)
    assert "hub terminal confirm" not in operator.do("restore", str(report.path), who=ADMIN)
    operator.do("terminal", "revoke", "1", who=ADMIN)
    known = revocations.load(hub.keys)
    assert known is not None
    assert [line.terminal_no for line in known.lines] == [1]


def test_a_site_is_named_to_see_its_own_only(hub: Stand, operator: Operator) -> None:
    hub.add_site("site-saint-denis")
    hub.add_slot(site_id="site-saint-denis", starts_at=utc_text(0), ends_at=utc_text(DAY_MS))
    assert operator.json("retention", "show", "--site", SITE)["due"] == []
    [due] = operator.json("retention", "show", "--site", "site-saint-denis")["due"]  # type: ignore[misc]
    assert (due["kind"], due["what"], due["held_by"]) == ("slot", "record", None)
