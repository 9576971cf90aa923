"""Programs that end: asked to, or killed at any moment. What was acknowledged is there afterwards, once."""

from __future__ import annotations

import json
import random
import signal
import time
from pathlib import Path

import pytest

from tests.processes.gestures import (
    ROOT,
    VISITOR,
    arrived_once,
    held_at_hub,
    held_at_terminal,
    refused,
    synchronise,
    visit,
)
from tests.stage import PERSON, SITE, Running, Stage, answers, free_port

pytestmark = pytest.mark.processes

KILLS = 20
SEED = 20261121


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_hub_and_terminal_stop_cleanly_when_asked(stage: Stage, number: signal.Signals) -> None:
    scratch = stage.folder / "scratch"
    scratch.mkdir()
    hub, terminal = stage.hub_up(), stage.terminal_up(environment={"TMPDIR": str(scratch)})
    assert list(scratch.iterdir()) != []
    assert terminal.stop(number) == 0, terminal.said()
    assert hub.stop(number) == 0, hub.said()
    assert list(scratch.iterdir()) == [], "what was written for the browser is taken away"
    for home, name in ((stage.hub_home, "hub.db-wal"), (stage.terminal_home, "replica.db-wal")):
        assert not (home / name).exists(), "closed, not cut off"


def a_real_terminal_refuses(stage: Stage, demo_hub: Path, url: str) -> None:
    """What a demonstration's hub invites, a real terminal does not join."""
    invited = stage.cli(
        "hub", "terminal", "invite", "--site", SITE, "--json", "--as", PERSON, "--home", str(demo_hub)
    ).json  # fmt: skip
    said = stage.cli("terminal", "enrol", "--hub", url, "--code", invited["code"], "--home", str(stage.folder / "real"))
    assert "démonstration" in refused(said)


def test_the_demonstration_starts_stops_cleanly_and_starts_again_on_the_same_data(stage: Stage) -> None:
    ports = ("--kiosk-port", str(free_port()), "--hub-port", str(free_port()))
    kiosk, hub = f"http://127.0.0.1:{ports[1]}/healthz", f"http://127.0.0.1:{ports[3]}/healthz"
    home = stage.folder / "demonstration"
    for number in (signal.SIGTERM, signal.SIGINT):
        demo = stage.start("demo", "demo", "--home", str(home), *ports)
        demo.wait_for(kiosk)
        until_s = time.monotonic() + 30
        while "Ctrl-C arrête tout" not in demo.said():
            assert time.monotonic() < until_s
            time.sleep(0.1)
        demo.wait_for(hub)
        if number == signal.SIGINT:
            a_real_terminal_refuses(stage, home / "hub", hub.removesuffix("/healthz"))
        assert demo.stop(number) == 0, demo.said()
        assert "Démonstration arrêtée" in demo.said()
        assert not answers(kiosk)
        assert not answers(hub)
    assert len(stage.cli("hub", "terminal", "list", "--json", "--home", str(home / "hub")).json["terminals"]) == 1


def test_what_was_typed_without_a_hub_survives_kill_9_and_arrives_once(stage: Stage) -> None:
    stage.hub_up().stop()
    terminal = stage.terminal_up()
    made = visit(stage, "register", "book")
    status = stage.terminal("status", "--json").json
    assert (status["waiting"], status["online"]) == (2, False)
    terminal.kill()
    terminal = stage.terminal_up("--round-interval-s", "5")
    assert held_at_terminal(stage)["status"]["waiting"] == 2
    stage.hub_up()
    until_s = time.monotonic() + 60
    while held_at_terminal(stage)["status"]["waiting"]:
        assert time.monotonic() < until_s, "the served terminal runs rounds by itself"
        time.sleep(0.5)
    assert terminal.stop() == 0
    synchronise(stage)
    arrived_once(stage, made)
    reference = made[0]["reference"]
    opened = stage.hub("registration", "open", reference, "--reason", "transmission", "--json", person=True).json
    assert opened["answers"]["nom_naissance"] == "Zyzzyva-Quetzal"


def acknowledged(loads: list[Running]) -> list[dict[str, str]]:
    """What the killed visitors had said; a last line that was cut short was said to nobody."""
    whole = [line for load in loads for line in load.said().splitlines() if line.endswith("}")]
    return [json.loads(line) for line in whole if line.startswith("{")]


def a_load(stage: Stage, count: int) -> Running:
    words = (*VISITOR, str(stage.terminal_home), "load")
    return stage.launch(f"load-{count}", *words, environment={"PYTHONPATH": str(ROOT)})


def test_nothing_acknowledged_is_lost_when_either_end_is_killed_at_random_moments(stage: Stage) -> None:
    """A small load of registrations and bookings, rounds beside it; ``kill -9`` at random moments, fixed seed."""
    chance = random.Random(SEED)
    hub, loads = stage.hub_up(), [a_load(stage, 0)]
    for count in range(KILLS):
        moment_s = time.monotonic() + chance.uniform(0.05, 0.6)
        while not loads[-1].said() or time.monotonic() < moment_s:
            assert loads[-1].process.poll() is None, loads[-1].said()
            time.sleep(0.01)
        if chance.random() < 0.5:
            hub.kill()
            hub = stage.hub_up(wait=chance.random() < 0.5)
        else:
            loads[-1].kill()
            loads.append(a_load(stage, count + 1))
    loads[-1].kill()
    hub.wait_for(f"{stage.hub_url}/healthz")
    synchronise(stage)
    synchronise(stage)
    made = acknowledged(loads)
    assert len(made) >= KILLS, "there was a load"
    assert nothing_lost_nothing_double(stage, made, cut_short=len(loads))


def nothing_lost_nothing_double(stage: Stage, made: list[dict[str, str]], *, cut_short: int) -> bool:
    """Compares what was acknowledged with both ends; a write cut short may be there or not, never by half."""
    shown = held_at_terminal(stage)
    assert [shown["status"][name] for name in ("waiting", "parked", "conflicts", "digest_mismatches")] == [0, 0, 0, 0]
    for kind in ("registration", "booking"):
        at_hub, wanted = held_at_hub(stage, kind), {entry["id"] for entry in made if entry["kind"] == kind}
        assert wanted <= set(at_hub)
        assert len(set(at_hub) - wanted) <= cut_short
        assert set(shown[kind]) == set(at_hub)
    people = [
        entry for entry in held_at_hub(stage, "booking").values() if entry["state"] in {"guaranteed", "confirmed"}
    ]
    slots_taken = [entry["slot_id"] for entry in people]
    assert len(set(slots_taken)) == len(slots_taken)
    granted = [entry["slot_id"] for entry in held_at_hub(stage, "grant").values() if entry["state"] == "active"]
    taken = {slot_id: slot["taken"] for slot_id, slot in held_at_hub(stage, "slot").items() if slot["taken"]}
    assert taken == dict.fromkeys({*slots_taken, *granted}, 1)
    return True
