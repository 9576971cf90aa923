"""The root command: French, one sentence for an error, the right exit status, and only the chosen room imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sync import usage
from sync.command import root, run


def test_the_help_lists_every_room_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    for word in ("Commandes", "hub", "terminal", "content", "demo", "bench", "Afficher cette aide."):
        assert word in text


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("point-contact ")


@pytest.mark.parametrize("words", [["nope"], ["demo", "--nope"], ["bench", "kiosk", "--transitions", "abc"]])
def test_wrong_usage_exits_with_2_and_a_french_sentence(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    assert "Erreur\u00a0:" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["content"])
def test_a_benchmark_that_does_not_exist_says_so_and_exits_with_1(
    what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bench", what, "--json"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "n’existe pas encore" in captured.err


def test_the_words_of_click_are_translated() -> None:
    """Every word of click that a person may meet has its French; a new version of click shows here."""
    context = root.make_context("point-contact", ["--version"], resilient_parsing=True)
    text = root.get_help(context)
    assert "Usage\u00a0:" in text
    assert not {"Show this message", "Usage:"} & set(text.splitlines())
    assert usage.translate("No such option {name!r}.") == "L’option «\u00a0{name}\u00a0» n’existe pas."


ROOMS = {
    "hub": ("flet", "kiosk", "sync.replica"),
    "terminal": ("fastapi", "sync.hub"),
    "content": ("flet", "kiosk", "fastapi", "sync.hub", "sync.replica", "sqlalchemy"),
    "demo": ("flet", "kiosk", "fastapi", "sync.hub", "sync.replica", "sqlalchemy"),
    "bench": ("flet", "kiosk", "fastapi", "sync.hub", "sync.replica", "playwright"),
}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_brings_nothing_of_the_other_end(room: str) -> None:
    """In a fresh interpreter: after the help of one room, the other end's modules are not loaded."""
    code = (
        "import sys\nfrom sync.command import run\n"
        f"status = run(['{room}', '--help'])\n"
        f"loaded = [name for name in {ROOMS[room]!r} if name in sys.modules]\n"
        "sys.exit(f'loaded: {loaded}' if loaded else status)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stderr


def test_ctrl_c_is_no_traceback() -> None:
    code = (
        "import sync.command, click\n"
        "@click.command()\ndef stop():\n    raise KeyboardInterrupt\n"
        "sync.command.root.add_command(stop)\n"
        "sync.command.Rooms.get_command = lambda self, ctx, name: stop\n"
        "sync.command.main(['stop'])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 130
    assert "Traceback" not in result.stderr
