"""The gate of the administrators' API: who asks, how much they may send, and every refusal as one sentence.

Nothing of a request is read before its token is known. No cookie, no page of another site: a token travels in the
``Authorization`` header only, so that nobody's browser sends it unasked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from sync.errors import InvalidInput, PointContactError, Refused, StorageError
from sync.hub import tokens
from sync.hub.database import HubDatabase
from sync.hub.faults import where
from sync.hub.request_body import read_body

LOG = logging.getLogger("point_contact.hub")
BODY_BYTES_MAX = 65_536
BODY_TIMEOUT_S = 10.0
WRONG_MAX, WRONG_WINDOW_MS, ADDRESSES_MAX = 10, 300_000, 4096
HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
SCHEME = "bearer "

Answer = Callable[[Request], Awaitable[Response]]
Done = TypeVar("Done")


class WrongTokens:
    """Who showed wrong tokens lately, in memory only: ten in five minutes, then nothing more is looked at.

    Args:
        now_ms: returns milliseconds since 1970.
    """

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._seen: OrderedDict[str, deque[int]] = OrderedDict()

    def check(self, address: str) -> None:
        """Raises Refused (``too_many_tries``) once an address has shown too many."""
        times = self._seen.get(_group(address), deque())
        while times and times[0] <= self._now_ms() - WRONG_WINDOW_MS:
            times.popleft()
        if len(times) >= WRONG_MAX:
            raise Refused(
                "too_many_tries", "Trop de jetons faux ont été présentés : réessayez dans cinq minutes.", status=429
            )

    def note(self, address: str) -> None:
        """Counts a wrong token; the address heard of least recently is forgotten when there are too many."""
        group = _group(address)
        self._seen.setdefault(group, deque(maxlen=WRONG_MAX)).append(self._now_ms())
        self._seen.move_to_end(group)
        if len(self._seen) > ADDRESSES_MAX:
            self._seen.popitem(last=False)


class Gate:
    """Lets named persons in.

    Args:
        database: the hub's.
        now_ms: returns milliseconds since 1970.
        readers: the threads on which the hub is read for administrators.
    """

    def __init__(self, database: HubDatabase, now_ms: Callable[[], int], readers: ThreadPoolExecutor) -> None:
        self._database = database
        self._readers = readers
        self._wrong = WrongTokens(now_ms)

    async def admit(self, request: Request) -> str:
        """The name of the person whose token this is. Raises Refused (``token`` or ``too_many_tries``)."""
        address = request.client.host if request.client else ""
        self._wrong.check(address)
        shown = request.headers.get("authorization", "")
        token = shown[len(SCHEME) :].strip() if shown.lower().startswith(SCHEME) else ""
        name = await run_on(self._readers, self._name_of, token) if token else None
        if name is None:
            if token:
                self._wrong.note(address)
            raise Refused(
                "token", "Ce jeton n’ouvre rien : demandez-en un avec « point-contact hub account token ».", status=401
            )
        return name

    def _name_of(self, token: str) -> str | None:
        with self._database.read() as connection:
            person = tokens.bearer(connection, token)
        return None if person is None else person.name


async def run_on(pool: ThreadPoolExecutor, act: Callable[..., Done], *arguments: object) -> Done:
    """Runs what waits for the disk on another thread, so that the event loop goes on."""
    return await asyncio.get_running_loop().run_in_executor(pool, act, *arguments)


def guarded_by(gate: Gate) -> type[APIRoute]:
    """The class of routes that only a named person passes; their name is ``request.state.who`` behind it."""

    class GuardedRoute(APIRoute):
        """A route behind the gate."""

        def get_route_handler(self) -> Any:
            answer = super().get_route_handler()

            async def guarded(request: Request) -> Response:
                try:
                    response = await _pass(gate, request, answer)
                except (PointContactError, RequestValidationError) as error:
                    response = refusal(error)
                except ClientDisconnect:
                    raise
                except Exception as error:  # noqa: BLE001  (nothing of a request may travel in a traceback)
                    LOG.error("fault", extra={"fault": type(error).__name__, "where": where(error)})
                    fault = "Le hub a rencontré une erreur : réessayez plus tard, rien n’est perdu."
                    response = refusal(Refused("busy", fault, status=503))
                response.headers.update(HEADERS)
                return response

            return guarded

    return GuardedRoute


async def _pass(gate: Gate, request: Request, answer: Answer) -> Response:
    request.state.who = await gate.admit(request)
    announced = request.headers.get("content-length", "")
    body = await read_body(request.stream(), announced, BODY_BYTES_MAX, BODY_TIMEOUT_S)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return await answer(Request(request.scope, receive))


def refusal(error: PointContactError | RequestValidationError) -> JSONResponse:
    """A refusal: a stable code and one French sentence; what was sent is never said back."""
    if isinstance(error, RequestValidationError):
        names = sorted({_place(fault) for fault in error.errors()})
        message = f"Cette demande n’est pas celle attendue (voyez /openapi.json) : {', '.join(names)}."
        return JSONResponse({"code": "invalid", "message": message}, 422)
    status, code = _status(error)
    LOG.info("refused", extra={"code": code, "status": status})
    headers = {"www-authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse({"code": code, "message": error.message}, status, headers)


def _status(error: PointContactError) -> tuple[int, str]:
    if isinstance(error, Refused):
        return error.status, error.code
    if isinstance(error, InvalidInput):
        return 422, "invalid"
    return 503, "storage" if isinstance(error, StorageError) else "refused"


def _place(fault: Mapping[str, Any]) -> str:
    """The field that a fault is about, when we named it; what a caller named is not said back."""
    if fault["type"] == "extra_forbidden":
        return "un champ de trop"
    return next((step for step in fault["loc"][1:] if isinstance(step, str)), "le corps")


def _group(address: str) -> str:
    """Addresses that one holder has by the billion count as one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
