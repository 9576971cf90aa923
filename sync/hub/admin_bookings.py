"""The administrators' API for people to tell, and for what revoked terminals still send."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request
from sqlalchemy import Connection

from sync.hub import accounts, quarantine, telling, todo
from sync.hub import admin_messages as said
from sync.hub.admin_desk import Route, Routes, check_seen
from sync.hub.admin_messages import Name
from sync.hub.seen import code_of


class BookingRoutes(Routes):
    """People to tell, quarantine."""

    async def list_to_tell(self, request: Request, site: Name | None = None) -> said.ToTellList:
        """The people who count on an appointment that somebody else ended."""

        def act(connection: Connection, now_ms: int) -> said.ToTellList:
            accounts.require_any(connection, request.state.who, todo.READERS)
            found = telling.list_to_tell(connection, now_ms, site)
            return said.ToTellList(to_tell=tuple(said.ToTellLine.model_validate(one) for one in found))

        return await self.read(act)

    async def note_told(self, request: Request, asked: said.Told) -> said.Done:
        """The person knows."""

        def act(connection: Connection, now_ms: int) -> said.Done:
            telling.note_told(connection, now_ms, asked.site_id, asked.booking_id, request.state.who)
            return said.Done(bookings=(asked.booking_id,))

        return await self.write(act)

    async def list_held(self, request: Request, site: Name | None = None) -> said.HeldBackList:
        """What revoked terminals sent and nobody has judged."""

        def act(connection: Connection, _now_ms: int) -> said.HeldBackList:
            accounts.require_any(connection, request.state.who, todo.READERS)
            found = quarantine.list_held(connection, site)
            terminals = sorted({one.terminal_id for one in found})
            return said.HeldBackList(
                held=tuple(said.HeldBackLine.model_validate(one) for one in found),
                seen={terminal_id: held_code(found, terminal_id) for terminal_id in terminals},
            )

        return await self.read(act)

    async def settle_held(self, request: Request, asked: said.SettleHeld) -> said.HeldSettled:
        """Takes or drops it, when nothing came since it was read."""

        def act(connection: Connection, now_ms: int) -> said.HeldSettled:
            who, records = request.state.who, None if asked.records is None else set(asked.records)
            accounts.require(connection, who, accounts.EXPLOITATION)
            code = held_code(quarantine.list_held(connection), asked.terminal_id)
            check_seen(said.Risk(bookings=(), grants=(), because=None, seen=code), asked.seen)
            if not asked.take:
                dropped = quarantine.drop(connection, now_ms, asked.terminal_id, who, records=records)
                return said.HeldSettled(taken=0, rejected=0, dropped=dropped, left=0)
            done = quarantine.take(connection, now_ms, asked.terminal_id, who, records=records)
            return said.HeldSettled(taken=done.taken, rejected=done.rejected, dropped=0, left=done.left)

        return await self.write(act)

    def table(self) -> tuple[Route, ...]:
        """Method, path, answer and title of every route."""
        return (
            ("GET", "/bookings/to-tell", self.list_to_tell, "The people to tell."),
            ("POST", "/bookings/told", self.note_told, "The person knows."),
            ("GET", "/quarantine", self.list_held, "What revoked terminals still send."),
            ("POST", "/quarantine/settle", self.settle_held, "Takes or drops what a revoked terminal sent."),
        )


def held_code(held: Sequence[quarantine.HeldBack], terminal_id: str) -> str:
    """The code of all that waits of one terminal."""
    return code_of([terminal_id, *([one.incarnation, one.seq] for one in held if one.terminal_id == terminal_id)])
