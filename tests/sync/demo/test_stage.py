"""The demonstration's home and ports: nothing foreign is touched, and a taken port is one sentence."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from sync.command import run
from sync.demo.processes import require_free_port
from sync.demo.stage import MARKER, Stage, choose_site, open_home
from sync.errors import PointContactError


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(PointContactError, match="autre chose"):
        open_home(tmp_path, reset=True)
    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_starting_again_keeps_the_machine_secret_and_reset_draws_another(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    open_home(home, reset=False)
    first = (home / "machine.secret").read_bytes()
    open_home(home, reset=False)
    assert (home / "machine.secret").read_bytes() == first
    assert (home / "machine.secret").stat().st_mode & 0o777 == 0o600
    open_home(home, reset=True)
    assert (home / "machine.secret").read_bytes() != first
    assert (home / MARKER).is_file()


def test_the_terminal_keeps_its_site(tmp_path: Path) -> None:
    open_home(tmp_path / "demo", reset=False)
    stage = Stage(tmp_path / "demo", 8550, 8560)
    assert choose_site(stage, "ravine-aux-lataniers") == "ravine-aux-lataniers"
    assert choose_site(stage, None) == "ravine-aux-lataniers"
    with pytest.raises(PointContactError, match="déjà celle du site"):
        choose_site(stage, "saint-aubin")


@pytest.mark.parametrize("option", ["--kiosk-port", "--hub-port"])
def test_a_port_in_use_is_one_sentence_and_status_1(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(["demo", "--home", str(tmp_path / "demo"), option, str(port)]) == 1
    said = capsys.readouterr().err
    assert str(port) in said
    assert option in said
    assert len(said.strip().splitlines()) == 1
    assert not (tmp_path / "demo").exists()


def test_a_free_port_is_no_complaint() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    require_free_port(port, "hub", "--hub-port")
