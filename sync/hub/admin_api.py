"""The administrators' API below ``/v1/admin``: what the hub's commands do, for a named person with a token. No rules.

Whatever is read here runs on a few threads of its own, and whatever is written on the thread that writes for the
terminals. Each act is the same function as the command's: it checks the role and writes the journal's line itself.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from sync.hub import accounts, duplicates, fleet, grants, todo
from sync.hub import admin_messages as said
from sync.hub.admin_bookings import BookingRoutes
from sync.hub.admin_desk import AdminDesk, Route, Routes, check_seen, risk_of
from sync.hub.admin_gate import Gate, guarded_by, run_on
from sync.hub.admin_messages import Name
from sync.hub.admin_overrides import OverrideRoutes
from sync.hub.at_risk import AtRisk

PREFIX = "/v1/admin"


class FleetRoutes(Routes):
    """Whoever asks, the to-do list, duplicates, terminals and their grants."""

    async def me(self, request: Request) -> said.Me:
        """Whose token this is."""
        who = request.state.who
        return await self.read(lambda connection, _: said.Me.model_validate(accounts.require_open(connection, who)))

    async def list_todo(self, request: Request, site: Name | None = None) -> said.TodoList:
        """What waits for a person."""

        def act(connection: Connection, now_ms: int) -> said.TodoList:
            accounts.require_any(connection, request.state.who, todo.READERS)
            items = todo.list_todo(connection, now_ms, site)
            return said.TodoList(todo=tuple(said.TodoItem.model_validate(item) for item in items))

        return await self.read(act)

    async def settle(self, request: Request, asked: said.Settle) -> said.Settled:
        """Settles one line, as it was read or not at all; what needs nobody any more settles itself after it."""

        def act(connection: Connection, now_ms: int) -> said.Settled:
            who = request.state.who
            settled = todo.settle(connection, now_ms, asked.item, asked.choice, who, seen=asked.seen)
            todo.tidy(connection, now_ms)
            return said.Settled.model_validate(settled)

        return await self.write(act)

    async def look(self, request: Request) -> said.Looked:
        """Looks for people who prepared twice: many short transactions, between which rounds go on."""
        desk = self.desk
        looked = await run_on(
            self.readers, duplicates.look, desk.database, desk.keys.home, desk.now_ms(), request.state.who
        )
        return said.Looked.model_validate(looked)

    async def list_terminals(self, request: Request, site: Name | None = None) -> said.TerminalList:
        """Every terminal ever enrolled."""

        def act(connection: Connection, _now_ms: int) -> said.TerminalList:
            accounts.require_any(connection, request.state.who, todo.READERS)
            found = fleet.list_terminals(connection, site)
            return said.TerminalList(terminals=tuple(said.TerminalLine.model_validate(one) for one in found))

        return await self.read(act)

    async def revoke(self, request: Request, asked: said.Revoke) -> said.Done:
        """Refuses a terminal for ever."""

        def act(connection: Connection, now_ms: int) -> said.Done:
            fleet.revoke(connection, self.desk.keys, now_ms, asked.terminal_id, request.state.who)
            return said.Done()

        return await self.write(act)

    async def list_grants(self, request: Request, site: Name | None = None) -> said.GrantList:
        """The places that terminals may promise with no network."""

        def act(connection: Connection, now_ms: int) -> said.GrantList:
            accounts.require_any(connection, request.state.who, todo.READERS)
            found = grants.list_grants(connection, now_ms, site)
            return said.GrantList(grants=tuple(said.GrantLine.model_validate(one) for one in found))

        return await self.read(act)

    async def write_off_risk(self, request: Request, site_id: Name, grant_id: Name) -> said.Risk:
        """Who may be hit when a place is taken back from its terminal."""

        def act(connection: Connection, _now_ms: int) -> said.Risk:
            accounts.require(connection, request.state.who, accounts.EXPLOITATION)
            return write_off_risk(connection, site_id, grant_id)

        return await self.read(act)

    async def write_off(self, request: Request, asked: said.WriteOff) -> said.Done:
        """Takes a place back, when who may be hit is still what was read."""

        def act(connection: Connection, now_ms: int) -> said.Done:
            accounts.require(connection, request.state.who, accounts.EXPLOITATION)
            check_seen(write_off_risk(connection, asked.site_id, asked.grant_id), asked.seen)
            live = grants.write_off(connection, now_ms, asked.site_id, asked.grant_id, request.state.who)
            return said.Done(bookings=tuple(live))

        return await self.write(act)

    def table(self) -> tuple[Route, ...]:
        """Method, path, answer and title of every route."""
        return (
            ("GET", "/me", self.me, "Whose token this is."),
            ("GET", "/todo", self.list_todo, "What waits for a person."),
            ("POST", "/todo/settle", self.settle, "Settles one line as it was read."),
            ("POST", "/duplicates/look", self.look, "Looks for people who prepared twice."),
            ("GET", "/terminals", self.list_terminals, "The terminals."),
            ("POST", "/terminals/revoke", self.revoke, "Refuses a terminal for ever."),
            ("GET", "/grants", self.list_grants, "The places that terminals may promise with no network."),
            ("GET", "/grants/write-off", self.write_off_risk, "Who may be hit by a write-off."),
            ("POST", "/grants/write-off", self.write_off, "Takes a place back from its terminal."),
        )


def write_off_risk(connection: Connection, site_id: str, grant_id: str) -> said.Risk:
    """Who may be hit when a grant is written off. Raises InvalidInput when it is not active."""
    live = tuple(grants.at_risk(connection, site_id, grant_id))
    return risk_of(AtRisk(bookings=live, grants=() if live else (grant_id,)), "write_off", site_id, grant_id)


def add_admin(app: FastAPI, desk: AdminDesk, readers: ThreadPoolExecutor, writer: ThreadPoolExecutor) -> None:
    """Adds the routes to a hub's application.

    Args:
        app: the application.
        desk: what administrators act on.
        readers: the threads on which it is read.
        writer: the thread that writes.
    """
    gate = Gate(desk.database, desk.now_ms, readers)
    bearer = HTTPBearer(auto_error=False, description="« point-contact hub account token »")
    router = APIRouter(prefix=PREFIX, route_class=guarded_by(gate), dependencies=[Depends(bearer)])
    refusals: dict[int | str, dict[str, Any]] = {
        "default": {"model": said.Refusal, "description": "Why not, in one sentence."}
    }
    routes = [kind(desk, readers, writer) for kind in (FleetRoutes, BookingRoutes, OverrideRoutes)]
    for method, path, answer, title in (route for some in routes for route in some.table()):
        router.add_api_route(path, answer, methods=[method], summary=title, responses=refusals)
    app.include_router(router)
    app.add_exception_handler(HTTPException, _no_such_route)


async def _no_such_route(request: Request, error: Exception) -> Response:
    """Below our prefix an unknown path or method is refused as everything else is: one French sentence."""
    if not isinstance(error, HTTPException):
        raise error
    if not request.url.path.startswith(PREFIX):
        return await http_exception_handler(request, error)
    unknown = "Cette adresse n’est pas de l’API : voyez /openapi.json."
    return JSONResponse({"code": "unknown", "message": unknown}, error.status_code, headers=error.headers)
