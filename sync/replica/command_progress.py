"""How far a round is, shown to whoever waits for it: a bar on a screen, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

TENTHS = 10


class Shown:
    """Is told how far a round is (``Rounds.on_moved``) and shows it on the error output, which no program reads.

    Args:
        ahead: ``Rounds.ahead()``, before the round.
        stream: where to; the error output unless given.
    """

    def __init__(self, ahead: tuple[int, int], stream: TextIO | None = None) -> None:
        self._first, last = ahead
        self._waiting = max(0, last - self._first)
        self._stream = sys.stderr if stream is None else stream
        self._until_end = ExitStack()
        self._bar: ProgressBar[int] | None = None
        self._sent = self._pulled = self._tenths = 0

    def __enter__(self) -> Shown:
        if self._waiting and self._stream.isatty():
            bar = click.progressbar(length=self._waiting, label="Envoi", file=self._stream, show_pos=True)
            self._bar = self._until_end.enter_context(bar)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._until_end.close()

    def __call__(self, sent_through: int, pulled: int) -> None:
        """Shows what moved since the last call."""
        sent = min(self._waiting, max(self._sent, sent_through - self._first))
        moved, self._sent = sent - self._sent, sent
        if self._bar is not None:
            self._bar.update(moved)
        elif moved and sent * TENTHS // self._waiting > self._tenths:
            self._tenths = sent * TENTHS // self._waiting
            click.echo(f"Envoi : {sent} sur {self._waiting}.", file=self._stream)
        if pulled > self._pulled:
            self._pulled = pulled
            if self._bar is None:
                click.echo(f"Réception : {pulled}.", file=self._stream)
            else:
                self._bar.label = f"Envoi, reçus : {pulled}"
                self._bar.render_progress()
