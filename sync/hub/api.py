"""The hub on HTTP: bytes in, bytes out, no rules. What they mean is ``exchange``'s affair.

Everything runs on the writer threads, one with SQLite, so that a slow disk never stalls the event loop, except what
only administrators read; a body is refused while it is read, never after. Logs hold the route's template, the
status and the time it took: no address, no claim, no terminal.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.requests import ClientDisconnect

from sync.errors import PointContactError, Refused
from sync.frames import is_last
from sync.hub.admin_api import add_admin
from sync.hub.admin_desk import AdminDesk
from sync.hub.claims import ClaimDesk
from sync.hub.exchange import STREAM_HEADERS, Exchange
from sync.hub.faults import where
from sync.hub.feed import read_generation
from sync.hub.request_body import Endings, drop_rest, feed_stream, read_body, turn_away
from sync.message import Message
from sync.questions import ClaimReply, ClaimRequest, RoomReply, RoomRequest, TakeReply, TakeRequest
from sync.wire import (
    HEADER_CERTIFICATE,
    HEADER_COUNTER,
    HEADER_PROTOCOL,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    MEDIA_TYPE,
    PROTOCOL,
    STREAM_MEDIA_TYPE,
    CompareReply,
    CompareRequest,
    EnrolReply,
    EnrolRequest,
    FieldwiseReply,
    FieldwiseRequest,
    HubCard,
    HubRequest,
    HubResponse,
    RefusalBody,
    RoundReply,
    RoundRequest,
)

LOG = logging.getLogger("point_contact.hub")
CARRIED_HEADERS = (HEADER_TERMINAL, HEADER_COUNTER, HEADER_PROTOCOL, HEADER_SIGNATURE)
READ_HEADERS = (*CARRIED_HEADERS, HEADER_CERTIFICATE)
STREAM_READ_HEADERS = tuple(name for name in READ_HEADERS if name != HEADER_SIGNATURE)
HEALTH_TIMEOUT_S = 5.0
ADMIN_THREADS = 2
"""Enough for a few people, and too few to keep terminals from the disk."""
SIGNED = frozenset({"/v1/round", "/v1/take", "/v1/claim", "/v1/room", "/v1/compare"})
MESSAGES: tuple[type[Message], ...] = (
    HubCard, EnrolRequest, EnrolReply, RoundRequest, RoundReply, FieldwiseRequest, FieldwiseReply, TakeRequest,
    TakeReply, ClaimRequest, ClaimReply, RoomRequest, RoomReply, CompareRequest, CompareReply, RefusalBody,
)  # fmt: skip

Scope = MutableMapping[str, Any]
_Given = TypeVar("_Given")


def build_api(
    exchange: Exchange, claims: ClaimDesk, desk: AdminDesk, *, on_close: Callable[[], None] = lambda: None
) -> FastAPI:
    """Returns the ASGI application of a hub.

    Args:
        exchange: answers every request of the protocol.
        claims: answers what a visitor's phone opens, ``GET /c/<claim>`` and its calendar file.
        desk: answers administrators, below ``/v1/admin``.
        on_close: called once when the application stops.
    """
    writer = ThreadPoolExecutor(max_workers=exchange.database.writers, thread_name_prefix="hub-writer")
    readers = ThreadPoolExecutor(max_workers=ADMIN_THREADS, thread_name_prefix="hub-admin")

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        writer.shutdown(wait=True)
        readers.shutdown(wait=True)
        on_close()

    app = FastAPI(
        title="Point Contact, hub",
        version=str(PROTOCOL),
        description="Bodies are zstd-compressed JSON messages, signed both ways (docs/protocol.md).",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    _add_rounds(app, exchange, writer)
    _add_streams(app, exchange, writer)
    add_admin(app, desk, readers, writer)
    _add_pages(app, exchange, claims, writer)
    app.add_middleware(AccessLog)
    return app


def _add_rounds(app: FastAPI, exchange: Exchange, writer: ThreadPoolExecutor) -> None:
    async def carry(request: Request) -> Response:
        headers = {name: request.headers[name] for name in READ_HEADERS if name in request.headers}
        bare = HubRequest(request.method, request.url.path, b"", headers)
        settings = exchange.settings
        try:
            announced = request.headers.get("content-length", "")
            body = await read_body(request.stream(), announced, settings.body_bytes_max, settings.body_timeout_s)
        except PointContactError as error:
            return _response(exchange.refuse(bare, error))
        whole = HubRequest(request.method, request.url.path, body, headers)
        loop = asyncio.get_running_loop()
        return _response(await loop.run_in_executor(writer, _answer, exchange, whole))

    for method, path, said, asked, answered in (
        ("GET", "/v1/hub", "Who this hub is.", None, HubCard),
        ("POST", "/v1/enrol", "Enrols a terminal that proves an invitation.", EnrolRequest, EnrolReply),
        ("POST", "/v1/round", "One round: push, pull, check.", FieldwiseRequest, FieldwiseReply),
        ("POST", "/v1/take", "One place of a slot, at once.", TakeRequest, TakeReply),
        ("POST", "/v1/claim", "The record of a slip made at another terminal.", ClaimRequest, ClaimReply),
        ("POST", "/v1/room", "The address of a video appointment.", RoomRequest, RoomReply),
        ("POST", "/v1/compare", "What differs between a terminal and the hub.", CompareRequest, CompareReply),
    ):
        app.add_api_route(
            path,
            carry,
            methods=[method],
            name=path,
            summary=said,
            response_class=Response,
            responses=_documented_answers(answered),
            openapi_extra=_documented_request(asked, signed=path in SIGNED),
        )
    app.openapi_schema = _with_messages(app.openapi())


def _add_streams(app: FastAPI, exchange: Exchange, writer: ThreadPoolExecutor) -> None:
    """The round that comes in frames: each is applied as it comes, on the writer's thread."""
    endings = Endings()

    async def carry(request: Request) -> Response:
        headers = {name: request.headers[name] for name in STREAM_READ_HEADERS if name in request.headers}
        bare = HubRequest(request.method, request.url.path, b"", headers)
        loop, asked = asyncio.get_running_loop(), b""
        try:
            stream = exchange.stream(bare)
            await endings.over(stream.terminal_id)
            try:
                with exchange.pressure.room() as there_is_room, endings.of(stream.terminal_id) as cut:
                    if not there_is_room:
                        await turn_away(request.stream(), stream, exchange.settings.body_timeout_s)
                        raise exchange.pressure.refusal()
                    await feed_stream(
                        request.stream(), stream, exchange.settings.body_timeout_s,
                        lambda piece: loop.run_in_executor(writer, _guarded, stream.feed, piece), cut,
                    )  # fmt: skip
                    frames = stream.answer()
                    first = await loop.run_in_executor(writer, _guarded, next, frames)
            finally:
                asked = stream.asked
        except PointContactError as error:
            await drop_rest(request.stream(), exchange.settings.body_bytes_max, exchange.settings.body_timeout_s)
            return _response(exchange.refuse(bare, error, asked))

        async def told() -> AsyncIterator[bytes]:
            frame: bytes | None = first
            while frame is not None:
                yield frame
                try:
                    frame = await loop.run_in_executor(writer, _guarded, next, frames, None)
                except PointContactError:
                    return  # without its last frame: the terminal sees that it was cut, and asks again

        if is_last(first):
            return Response(first, headers=STREAM_HEADERS)
        return StreamingResponse(told(), headers=STREAM_HEADERS)

    app.add_api_route(
        "/v2/round", carry, methods=["POST"], name="/v2/round", response_class=Response,
        summary="One round as a stream of frames: push, pull, check.",
        responses=_documented_answers(RoundReply, STREAM_MEDIA_TYPE),
        openapi_extra=_documented_request(RoundRequest, signed=True, media_type=STREAM_MEDIA_TYPE),
    )  # fmt: skip


def _add_pages(app: FastAPI, exchange: Exchange, claims: ClaimDesk, writer: ThreadPoolExecutor) -> None:
    async def healthz() -> JSONResponse:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(HEALTH_TIMEOUT_S):
                await loop.run_in_executor(writer, _probe, exchange)
        except (TimeoutError, PointContactError):
            return JSONResponse({"status": "unavailable"}, status_code=503)
        return JSONResponse({"status": "ok"})

    async def claim(text: str) -> Response:
        loop = asyncio.get_running_loop()
        return _response(await loop.run_in_executor(writer, claims.page, text))

    async def agenda(text: str) -> Response:
        loop = asyncio.get_running_loop()
        return _response(await loop.run_in_executor(writer, claims.agenda, text))

    app.add_api_route(
        "/healthz", healthz, methods=["GET"], summary="Whether the hub answers and its database reads.",
        responses={503: {"description": "The database does not answer."}},
    )  # fmt: skip
    app.add_api_route(
        "/c/{text}", claim, methods=["GET"], summary="What a visitor's phone opens from a slip.",
        response_class=Response, responses={200: {"content": {"text/html": {}}}},
    )  # fmt: skip
    app.add_api_route(
        "/c/{text}/agenda.ics", agenda, methods=["GET"], summary="The calendar entry of the same slip.",
        response_class=Response, responses={200: {"content": {"text/calendar": {}}}},
    )  # fmt: skip
    app.openapi_schema = None
    app.openapi_schema = _with_messages(app.openapi())


def _answer(exchange: Exchange, request: HubRequest) -> HubResponse:
    try:
        return _guarded(exchange.answer, request)
    except PointContactError as fault:
        return exchange.refuse(request, fault)


def _guarded(act: Callable[..., _Given], *given: Any) -> _Given:
    """The outermost boundary: a fault of ours becomes a sentence, and its type alone is logged."""
    try:
        return act(*given)
    except PointContactError:
        raise
    except Exception as error:  # noqa: BLE001  (nothing of a request may travel in a traceback)
        LOG.error("fault", extra={"fault": type(error).__name__, "where": where(error)})
        sentence = "Le hub a rencontré une erreur : réessayez plus tard, rien n’est perdu."
        raise Refused("busy", sentence, status=503) from None


def _probe(exchange: Exchange) -> None:
    with exchange.database.read() as connection:
        read_generation(connection)


def _response(answer: HubResponse) -> Response:
    return Response(content=answer.body, status_code=answer.status, headers=dict(answer.headers))


class AccessLog:
    """Logs each request by the template of its route: never its path, which may hold a claim."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        """Carries one request through, and logs how it ended."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.monotonic()
        status = 500

        async def note(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, note)
        except ClientDisconnect:
            status = 499  # the line was cut before the request was whole: nobody is left to answer
        finally:
            took_ms = round((time.monotonic() - began) * 1000)
            route = getattr(scope.get("route"), "path", "unknown")
            LOG.info("request", extra={"route": route, "status": status, "took_ms": took_ms})


def _documented_request(message: type[Message] | None, *, signed: bool, media_type: str = MEDIA_TYPE) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if signed:
        extra["parameters"] = [
            {"name": name, "in": "header", "required": name in CARRIED_HEADERS, "schema": {"type": "string"}}
            for name in READ_HEADERS
        ]
    if message is not None:
        extra["requestBody"] = {"required": True, "content": _content(message, media_type)}
    return extra


def _documented_answers(message: type[Message], media_type: str = MEDIA_TYPE) -> dict[int | str, dict[str, Any]]:
    return {
        200: {"description": "Signed by the hub's identity.", "content": _content(message, media_type)},
        "default": {"description": "A refusal, signed too.", "content": _content(RefusalBody)},
    }


def _content(message: type[Message], media_type: str = MEDIA_TYPE) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": f"#/components/schemas/{message.__name__}"}}}


def _with_messages(schema: dict[str, Any]) -> dict[str, Any]:
    """Adds the schema of every message: FastAPI does not see them, since bodies are carried as bytes."""
    known = schema.setdefault("components", {}).setdefault("schemas", {})
    known.update(msgspec.json.schema_components(MESSAGES, ref_template="#/components/schemas/{name}")[1])
    return schema
