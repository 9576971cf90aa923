"""``hub calls`` and ``hub satisfaction``, as a person types them."""

from __future__ import annotations

import json

from sync.change import new_id
from sync.clock import utc_text
from tests.sync.hub.stand import HOUR_MS, SITE, Stand
from tests.sync.hub.typed import Do, do, hub

__all__ = ["do", "hub"]
LAST_YEAR_MS = 40 * 24 * HOUR_MS


def a_call(hub: Stand) -> str:
    terminal = hub.enrol()
    call_id = new_id(hub.clock(), hub.random(10))
    values = {"state": "ouvert", "terminal_no": terminal.certificate.terminal_no, "called_at": utc_text(hub.clock())}
    terminal.round([terminal.operation("help_call", call_id, values)])  # type: ignore[arg-type]
    return call_id


def test_the_calls_are_listed_and_answered_under_a_name(hub: Stand, do: Do) -> None:
    assert do("calls", "list", who=None).strip() == "Personne n’appelle."
    call_id = a_call(hub)
    assert "personne n’a répondu" in do("calls", "list", who=None)
    [line] = json.loads(do("calls", "list", "--json", who=None))["calls"]
    assert (line["id"], line["site_id"], line["state"]) == (call_id, SITE, "ouvert")
    assert "le dira à sa prochaine synchronisation" in do("calls", "answer", call_id[:13], "--say", "coming")
    assert "quelqu’un arrive" in do("calls", "list", who=None)
    assert "déjà reçu" in do("calls", "answer", call_id, "--say", "seen", status=1)
    assert "Aucun appel" in do("calls", "answer", "0000", "--say", "seen", status=1)


def test_opinions_are_listed_by_month_without_small_numbers(hub: Stand, do: Do) -> None:
    assert do("satisfaction", who=None).strip() == "Aucun avis d’un mois terminé."
    terminal = hub.enrol()
    number = terminal.certificate.terminal_no
    day = utc_text(hub.clock() - LAST_YEAR_MS)[:10]
    operations = [
        terminal.operation(
            "satisfaction", f"avis-{number}-{day}-{journey}",
            {"terminal_no": number, "day": day, "journey": journey, "good": good, "fair": 0, "poor": poor},
        )
        for journey, good, poor in (("booking", 7, 0), ("events", 7, 2), ("near", 1, 0))
    ]  # fmt: skip
    terminal.round(operations)
    said = do("satisfaction", who=None)
    assert "moins de 5" in said
    found = {one["journey"]: one for one in json.loads(do("satisfaction", "--json", who=None))["opinions"]}
    assert (found["booking"]["total"], found["booking"]["good"]) == (7, 7)
    assert (found["events"]["total"], found["events"]["good"], found["events"]["poor"]) == (9, None, None)
    assert found["near"]["total"] is None


def test_a_journey_that_does_not_exist_and_another_terminals_counts_are_refused(hub: Stand) -> None:
    terminal, other = hub.enrol(), hub.enrol()
    number = terminal.certificate.terminal_no
    values = {"terminal_no": number, "day": "2026-11-01", "journey": "booking", "good": 1, "fair": 0, "poor": 0}
    right = terminal.operation("satisfaction", "avis-1", values)  # type: ignore[arg-type]
    wrong = terminal.operation("satisfaction", "avis-2", {**values, "journey": "marie"})  # type: ignore[arg-type]
    assert [one.code for one in terminal.round([right, wrong]).receipts] == [None, "invalid"]
    theirs = other.operation("satisfaction", "avis-1", {"good": 9})
    mine = other.operation("satisfaction", "avis-1", {"good": 9, "terminal_no": other.certificate.terminal_no})
    assert [one.code for one in other.round([theirs, mine]).receipts] == ["foreign_reference"] * 2
    assert hub.read("satisfaction", "avis-1")["good"] == 1
