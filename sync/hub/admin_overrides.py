"""The administrators' API for acts that may hit somebody: who it would be is read first and given back with the act."""

from __future__ import annotations

from fastapi import Request
from sqlalchemy import Connection

from sync.hub import accounts, overrides, withdrawals
from sync.hub import admin_messages as said
from sync.hub.admin_desk import Route, Routes, check_seen, risk_of
from sync.hub.admin_messages import Name


class OverrideRoutes(Routes):
    """Places that are not free, slots that end."""

    async def override_risk(self, request: Request, site_id: Name, booking_id: Name, slot_id: Name) -> said.Risk:
        """Who may be hit when a booking is given a place that is not free."""

        def act(connection: Connection, now_ms: int) -> said.Risk:
            accounts.require(connection, request.state.who, accounts.EXPLOITATION)
            return override_risk(connection, now_ms, site_id, booking_id, slot_id)

        return await self.read(act)

    async def override(self, request: Request, asked: said.Override) -> said.Done:
        """Gives the place, when who may be hit is still what was read."""

        def act(connection: Connection, now_ms: int) -> said.Done:
            who, keys = request.state.who, (asked.site_id, asked.booking_id, asked.slot_id)
            accounts.require(connection, who, accounts.EXPLOITATION)
            check_seen(override_risk(connection, now_ms, *keys), asked.seen)
            return said.Done(bookings=overrides.override(connection, now_ms, *keys, who).bookings)

        return await self.write(act)

    async def withdraw_risk(self, request: Request, site_id: Name, slot_id: Name) -> said.Risk:
        """Who counts on a slot that is about to be withdrawn."""

        def act(connection: Connection, _now_ms: int) -> said.Risk:
            accounts.require(connection, request.state.who, accounts.EXPLOITATION)
            return withdraw_risk(connection, site_id, slot_id)

        return await self.read(act)

    async def withdraw(self, request: Request, asked: said.Withdraw) -> said.Done:
        """Withdraws the slot, when who counts on it is still what was read."""

        def act(connection: Connection, now_ms: int) -> said.Done:
            who = request.state.who
            accounts.require(connection, who, accounts.EXPLOITATION)
            check_seen(withdraw_risk(connection, asked.site_id, asked.slot_id), asked.seen)
            return said.Done(bookings=withdrawals.withdraw(connection, now_ms, asked.site_id, asked.slot_id, who))

        return await self.write(act)

    def table(self) -> tuple[Route, ...]:
        """Method, path, answer and title of every route."""
        return (
            ("GET", "/bookings/override", self.override_risk, "Who may be hit by an override."),
            ("POST", "/bookings/override", self.override, "Gives a booking a place that is not free."),
            ("GET", "/slots/withdraw", self.withdraw_risk, "Who counts on a slot."),
            ("POST", "/slots/withdraw", self.withdraw, "Withdraws an open slot to come."),
        )


def override_risk(connection: Connection, now_ms: int, site_id: str, booking_id: str, slot_id: str) -> said.Risk:
    """Who may be hit by an override now. Raises InvalidInput when it cannot be."""
    keys = (site_id, booking_id, slot_id)
    return risk_of(overrides.at_risk(connection, now_ms, *keys), "override", *keys)


def withdraw_risk(connection: Connection, site_id: str, slot_id: str) -> said.Risk:
    """Who counts on a slot now. Raises InvalidInput when there is none."""
    return risk_of(withdrawals.at_risk(connection, site_id, slot_id), "withdraw", site_id, slot_id)
