"""How far a round is: a bar where a person looks, a line for each tenth elsewhere."""

from __future__ import annotations

import io

from sync.replica.command_progress import Shown
from sync.replica.terminal import Terminal
from tests.sync.replica.stand_in import a_booking


class Screen(io.StringIO):
    """A terminal screen that remembers what was drawn on it."""

    def isatty(self) -> bool:
        return True


def test_a_round_tells_how_far_it_is_to_a_file_and_to_a_screen(terminal: Terminal) -> None:
    terminal.rounds.operations_per_frame = 1
    log, screen = io.StringIO(), Screen()
    for stream in (log, screen):
        for _ in range(20):
            terminal.store.write("booking", None, a_booking())
        with Shown(terminal.rounds.ahead(), stream) as shown:
            terminal.rounds.on_moved = shown
            assert terminal.rounds.run().ok
    lines = log.getvalue().replace("\u00a0", " ").splitlines()
    assert lines[:10] == [f"Envoi : {sent} sur 20." for sent in range(2, 21, 2)]
    assert "20/20" in screen.getvalue()


def test_what_comes_is_told_too_and_nothing_where_nothing_moves() -> None:
    log = io.StringIO()
    with Shown((7, 7), log) as shown:
        shown(0, 0)
        shown(0, 3)
        shown(0, 3)
    assert log.getvalue().replace("\u00a0", " ") == "Réception : 3.\n"
