"""A disk that fills up, at the terminal and at the hub: a small file system of its own, filled to the last byte."""

from __future__ import annotations

import pytest

from tests.processes.gestures import arrived_once, held_at_hub, held_at_terminal, refused, synchronise, try_visit, visit
from tests.processes.small_disk import SmallDisk
from tests.stage import Stage

pytestmark = pytest.mark.processes


def test_a_full_disk_at_the_terminal_is_said_loses_nothing_and_lets_the_rounds_go_on(
    stage: Stage, disks: list[SmallDisk]
) -> None:
    disk = SmallDisk(stage.terminal_home)
    disks.append(disk)
    made = visit(stage, "register", "book")
    serving = stage.terminal_up("--round-interval-s", "86400")
    disk.fill()
    for gesture in ("register", "book", "register"):
        assert ("appelez l’accueil" if gesture == "register" else "plein") in refused(try_visit(stage, gesture))
    assert held_at_terminal(stage)["status"]["waiting"] == 2
    stage.hub_up()
    synchronise(stage)
    arrived_once(stage, made)
    assert "plein" in refused(try_visit(stage, "book"))
    disk.free()
    made += visit(stage, "register", "book")
    synchronise(stage)
    synchronise(stage)
    arrived_once(stage, made)
    assert serving.stop() == 0


def test_a_terminal_that_starts_on_a_full_disk_serves_and_lets_the_rounds_go_on(
    stage: Stage, disks: list[SmallDisk]
) -> None:
    disk = SmallDisk(stage.terminal_home)
    disks.append(disk)
    made = visit(stage, "register", "book")
    disk.fill()
    serving = stage.terminal_up("--round-interval-s", "86400")
    assert "plein" in refused(try_visit(stage, "book"))
    stage.hub_up()
    synchronise(stage)
    arrived_once(stage, made)
    assert serving.stop() == 0
    disk.fill()
    assert "plein" in refused(stage.terminal("status")), "the reserve was spent, and is not there a second time"
    disk.free()
    made += visit(stage, "register", "book")
    synchronise(stage)
    synchronise(stage)
    arrived_once(stage, made)


def test_a_full_disk_at_the_hub_is_said_at_both_ends_and_nothing_is_lost(stage: Stage, disks: list[SmallDisk]) -> None:
    disk = SmallDisk(stage.hub_home)
    disks.append(disk)
    disk.fill()
    for words in (("registration", "list"), ("serve", "--port", str(stage.hub_port))):
        assert "disque du hub est plein" in refused(stage.hub(*words))
    disk.free()
    hub = stage.hub_up()
    made = visit(stage, "register")
    synchronise(stage)
    disk.fill()
    made += visit(stage, "register", "book")
    assert "disque du hub est plein" in refused(stage.terminal("sync"))
    assert held_at_terminal(stage)["status"]["last_refusal_code"] == "disk_full"
    assert held_at_terminal(stage)["status"]["waiting"] == 2
    assert "plein" in refused(
        stage.hub("site", "add", "autre", "--name", "Autre", "--zone", "Europe/Paris", person=True)
    )
    assert "plein" in refused(stage.hub("backup", person=True))
    assert len(held_at_hub(stage, "registration")) == 1
    disk.free()
    synchronise(stage)
    synchronise(stage)
    arrived_once(stage, made)
    assert hub.stop() == 0
