"""A terminal without network lives on a stick: the real commands, beside programs that run, and a full stick."""

from __future__ import annotations

import pytest

from tests.processes.gestures import arrived_once, held_at_terminal, refused, visit
from tests.processes.small_disk import SmallDisk
from tests.stage import Stage

pytestmark = pytest.mark.processes


def test_a_terminal_without_network_lives_on_a_stick_even_one_that_was_full(
    stage: Stage, disks: list[SmallDisk]
) -> None:
    place = stage.folder / "stick"
    place.mkdir()
    disk = SmallDisk(place)
    disks.append(disk)
    made = visit(stage, "register", "book")
    disk.fill()
    assert "clé USB est pleine" in refused(stage.terminal("export", str(place)))
    disk.free()
    written = stage.terminal("export", str(place))
    assert (written.status, "envois : 2" in written.out.replace("\u00a0", " ")) == (0, True), written
    stage.hub_up()
    disk.fill()
    assert "clé USB est pleine" in refused(stage.hub("exchange", str(place), person=True))
    assert held_at_terminal(stage)["status"]["waiting"] == 2
    disk.free()
    (taken,) = stage.do_hub("exchange", str(place), "--json").json["files"]
    assert (taken["outcome"], taken["first"], taken["through"]) == ("again", 1, 2)
    read = stage.terminal("import", str(place), "--json").json
    assert (read["ok"], read["pushed"], read["waiting"]) == (True, 2, 0)
    arrived_once(stage, made)
