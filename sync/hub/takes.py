"""A grant of one, at once: a terminal on line takes a free place for the person at its screen."""

from __future__ import annotations

from sqlalchemy import Connection

from sync.hub import feed
from sync.hub.caller import Caller
from sync.hub.settings import HubSettings
from sync.wire import TakeReply, TakeRequest


def take(connection: Connection, caller: Caller, message: TakeRequest, now_ms: int, settings: HubSettings) -> TakeReply:
    """Gives one place of a slot to a terminal, or says why not."""
    return TakeReply(now_ms=now_ms, generation=feed.read_generation(connection), given=False, because="not_offered")
