"""Programs that end: asked to, or killed at any moment. What was acknowledged is there afterwards, once."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.processes.gestures import arrived_once, held_at_terminal, refused, synchronise, visit
from tests.stage import PERSON, SITE, Stage, answers, free_port

pytestmark = pytest.mark.processes


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
