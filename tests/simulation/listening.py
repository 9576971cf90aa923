"""What a world hears of a streamed round: frames when they are applied, as the hub judges them, not when all are."""

from __future__ import annotations

from collections.abc import Callable

from sync.errors import Refused
from sync.hub.exchange import Exchange
from sync.hub.stream import RoundStream, Rules, as_one
from sync.wire import STREAMED_PROTOCOL, HubRequest, RoundRequest


class _Listened(RoundStream):
    def __init__(self, rules: Rules, request: HubRequest, hear: Callable[[RoundRequest], None]) -> None:
        super().__init__(rules, request, STREAMED_PROTOCOL)
        self._hear = hear

    def _apply(self, gathered: list[RoundRequest], *, last: bool) -> None:
        try:
            super()._apply(gathered, last=last)
        except Refused:
            if len(gathered) > 1:  # those before the refused one are applied; the disk tells which
                self._hear(as_one(gathered))
            raise
        self._hear(as_one(gathered))


def listen(exchange: Exchange, hear: Callable[[RoundRequest], None]) -> None:
    """Lets ``hear`` have the frames of a round once the hub has applied them, those of one transaction as one."""

    def stream(request: HubRequest, rules: Rules | None = None) -> RoundStream:
        return _Listened(rules or exchange, request, hear)

    exchange.stream = stream  # type: ignore[method-assign]
