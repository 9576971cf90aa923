"""The hub on HTTP, through its ASGI application."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from sync.errors import InvalidInput, StorageError
from sync.hub import app as hub_app
from sync.hub import tokens
from sync.hub.admin_desk import AdminDesk
from sync.hub.api import build_api
from sync.hub.claims import ClaimDesk
from sync.hub.exchange import Exchange
from sync.hub.keys import HubKeys
from sync.hub.settings import HubSettings
from sync.message import BODY_BYTES_MAX
from sync.wire import MEDIA_TYPE, FieldwiseReply, HubCard, HubRequest, HubResponse, RefusalBody
from tests.sync.hub.stand import ADMIN, START_MS, Stand, asked, hub_in

Ask = Callable[[httpx.AsyncClient], Coroutine[Any, Any, httpx.Response]]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def a_desk(hub: Stand) -> AdminDesk:
    return AdminDesk(hub.database, hub.keys, now_ms=hub.clock)


def an_app(hub: Stand) -> FastAPI:
    return build_api(hub.exchange, ClaimDesk(hub.database, hub.keys, now_ms=hub.clock), a_desk(hub))


def ask(app: FastAPI, act: Ask) -> httpx.Response:
    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://hub") as client,
        ):
            return await act(client)

    return asyncio.run(run())


def carried(response: httpx.Response) -> HubResponse:
    return HubResponse(response.status_code, response.content, dict(response.headers))


def test_a_round_goes_over_http(hub: Stand) -> None:
    terminal = hub.enrol()
    request = terminal.signed(terminal.body([terminal.registration()]))
    response = ask(an_app(hub), lambda client: client.post("/v1/round", content=request.body, headers=request.headers))
    assert response.headers["content-type"] == MEDIA_TYPE
    assert hub.genuine(carried(response), FieldwiseReply, asked(request)).applied_through == 1


def test_the_card_goes_over_http(hub: Stand) -> None:
    response = ask(an_app(hub), lambda client: client.get("/v1/hub"))
    assert hub.genuine(carried(response), HubCard).now_ms == START_MS


def test_an_enrolment_goes_over_http(hub: Stand) -> None:
    request, _, _ = hub.enrol_request(hub.invite())
    response = ask(an_app(hub), lambda client: client.post("/v1/enrol", content=request.body))
    assert response.status_code == 200


def test_a_refusal_keeps_its_status_and_signature(hub: Stand) -> None:
    terminal = hub.enrol()
    request = terminal.signed(b"nonsense")
    response = ask(an_app(hub), lambda client: client.post("/v1/round", content=request.body, headers=request.headers))
    assert response.status_code == 400
    assert hub.genuine(carried(response), RefusalBody, asked(request)).code == "malformed"


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_is_refused_while_it_is_read(hub: Stand, announced: bool) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 65536
            yield bytes(65536)

    headers = {"content-length": str(BODY_BYTES_MAX + 1)} if announced else {}
    response = ask(an_app(hub), lambda client: client.post("/v1/round", content=endless(), headers=headers))
    assert response.status_code == 413
    assert hub.genuine(carried(response), RefusalBody).code == "too_large"
    assert sent <= (0 if announced else BODY_BYTES_MAX + 2 * 65536)


def test_a_body_that_never_ends_is_given_up(hub: Stand) -> None:
    hub.exchange.settings = HubSettings(home=hub.home, body_timeout_s=0.05)
    app = an_app(hub)
    sent: list[dict[str, Any]] = []

    async def run() -> None:
        async def receive() -> dict[str, Any]:
            await asyncio.sleep(0.02)
            return {"type": "http.request", "body": b"x", "more_body": True}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": "/v1/round", "raw_path": b"/v1/round", "query_string": b"", "headers": [],
            "client": ("192.0.2.1", 1), "server": ("hub", 80), "root_path": "",
        }  # fmt: skip
        await app(scope, receive, send)

    asyncio.run(run())
    assert sent[0]["status"] == 408


@pytest.mark.parametrize("path", ["/v1/round", "/v1/admin/todo/settle"])
def test_a_line_cut_in_the_middle_is_one_line_of_the_log(hub: Stand, path: str) -> None:
    with hub.database.write() as connection:
        token = tokens.issue(connection, hub.clock(), ADMIN, ADMIN)
    log = io.StringIO()
    hub_app.log_to(log)
    app = an_app(hub)
    sent: list[dict[str, Any]] = []

    async def run() -> None:
        coming = iter([{"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"}])

        async def receive() -> dict[str, Any]:
            return next(coming)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": [(b"authorization", f"Bearer {token}".encode())],
            "client": ("192.0.2.1", 1), "server": ("hub", 80), "root_path": "",
        }  # fmt: skip
        await app(scope, receive, send)

    asyncio.run(run())
    assert sent == []
    [line] = [json.loads(line) for line in log.getvalue().splitlines()]
    assert (line["event"], line["route"], line["status"]) == ("request", path, 499)


def test_the_description_names_every_path_and_media_type(hub: Stand) -> None:
    described = ask(an_app(hub), lambda client: client.get("/openapi.json")).json()
    calls = {"/v1/hub", "/v1/enrol", "/v1/round", "/v2/round", "/v1/take", "/v1/claim", "/v1/room", "/v1/compare"}
    assert {path for path in described["paths"] if not path.startswith("/v1/admin")} == calls | {
        "/healthz",
        "/c/{text}",
        "/c/{text}/agenda.ics",
    }
    assert calls == {path for _, path in hub.exchange.routes}, "what the hub answers is reached over HTTP"
    rounds = described["paths"]["/v1/round"]["post"]
    assert list(rounds["requestBody"]["content"]) == [MEDIA_TYPE]
    assert list(rounds["responses"]["200"]["content"]) == [MEDIA_TYPE]
    assert list(rounds["responses"]["default"]["content"]) == [MEDIA_TYPE]
    assert {one["name"] for one in rounds["parameters"]} == {
        "point-contact-terminal", "point-contact-counter", "point-contact-protocol", "point-contact-signature",
        "point-contact-certificate",
    }  # fmt: skip
    for reference in _references(described):
        assert reference.removeprefix("#/components/schemas/") in described["components"]["schemas"], reference


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def test_no_page_fetches_from_elsewhere(hub: Stand) -> None:
    for path in ("/docs", "/redoc"):
        assert ask(an_app(hub), lambda client, path=path: client.get(path)).status_code == 404  # type: ignore[misc]


def test_health_is_told(hub: Stand) -> None:
    app = an_app(hub)
    assert ask(app, lambda client: client.get("/healthz")).json() == {"status": "ok"}
    with hub.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM hub_meta WHERE key = 'generation'")
    response = ask(an_app(hub), lambda client: client.get("/healthz"))
    assert (response.status_code, response.json()) == (503, {"status": "unavailable"})


def test_a_claim_is_answered_with_a_page(hub: Stand) -> None:
    response = ask(an_app(hub), lambda client: client.get("/c/FORGED"))
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")


class Faulty(Exchange):
    """An exchange with a fault of ours in it."""

    def answer(self, request: HubRequest) -> HubResponse:
        raise RuntimeError("Nadège Roux")


def test_a_fault_of_ours_is_a_sentence_and_logs_its_type_alone(hub: Stand) -> None:
    faulty = Faulty(hub.database, hub.keys, now_ms=hub.clock)
    app = build_api(faulty, ClaimDesk(hub.database, hub.keys, now_ms=hub.clock), a_desk(hub))
    log = io.StringIO()
    hub_app.log_to(log)
    response = ask(app, lambda client: client.get("/v1/hub"))
    assert response.status_code == 503
    assert response.headers["retry-after"] == "30"
    assert hub.genuine(carried(response), RefusalBody).code == "busy"
    assert "RuntimeError" in log.getvalue()
    assert "Nadège" not in log.getvalue()


def test_the_log_holds_no_claim_no_address_no_terminal(hub: Stand) -> None:
    terminal = hub.enrol()
    log = io.StringIO()
    hub_app.log_to(log)
    request = terminal.signed(terminal.body([terminal.registration()]))

    async def act(client: httpx.AsyncClient) -> httpx.Response:
        await client.get("/c/SECRETCLAIM")
        await client.get("/c/SECRETCLAIM/agenda.ics")
        await client.get("/nowhere/SECRETCLAIM")
        await client.post("/v1/round", content=request.body, headers=request.headers)
        return await client.post("/v1/round", content=request.body, headers=request.headers)

    ask(an_app(hub), act)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["route"], line["status"]) for line in lines if line["event"] == "request"] == [
        ("/c/{text}", 404), ("/c/{text}/agenda.ics", 404), ("unknown", 404), ("/v1/round", 200), ("/v1/round", 409),
    ]  # fmt: skip
    assert [line["code"] for line in lines if line["event"] == "refused"] == ["replayed"]
    for secret in ("SECRETCLAIM", "127.0.0.1", terminal.terminal_id):
        assert secret not in log.getvalue()


class SlowDisk(Exchange):
    """An exchange that waits for its disk until told otherwise."""

    began = threading.Event()
    goes_on = threading.Event()

    def answer(self, request: HubRequest) -> HubResponse:
        self.began.set()
        self.goes_on.wait(5)
        return super().answer(request)


def test_a_slow_disk_does_not_stall_the_loop(hub: Stand) -> None:
    slow = SlowDisk(hub.database, hub.keys, now_ms=hub.clock)
    app = build_api(slow, ClaimDesk(hub.database, hub.keys, now_ms=hub.clock), a_desk(hub))

    async def act(client: httpx.AsyncClient) -> httpx.Response:
        first = asyncio.create_task(client.get("/v1/hub"))
        while not slow.began.is_set():
            await asyncio.sleep(0.01)
        assert (await client.get("/openapi.json")).status_code == 200
        assert not first.done()
        slow.goes_on.set()
        return await first

    assert ask(app, act).status_code == 200


def test_the_hub_is_composed_from_its_settings(hub: Stand) -> None:
    hub.close()
    app = hub_app.create_app(HubSettings(home=hub.home))
    assert ask(app, lambda client: client.get("/healthz")).status_code == 200


def test_a_demonstrations_hub_listens_on_this_machine_only(tmp_path: Path) -> None:
    HubKeys.create(tmp_path, now_ms=START_MS, demonstration=True)
    for host in ("0.0.0.0", "::", "192.0.2.1", "hub.example"):
        with pytest.raises(InvalidInput, match="démonstration"):
            hub_app.create_app(HubSettings(home=tmp_path, host=host))
    for host in ("127.0.0.1", "::1", "localhost", "127.0.0.2"):
        HubSettings(home=tmp_path, host=host).check_listening(demonstration=True)
    HubSettings(home=tmp_path, host="0.0.0.0").check_listening(demonstration=False)


def test_demonstration_keys_never_open_a_real_database(hub: Stand) -> None:
    hub_app.check_same_hub(hub.database, hub.keys)
    hub_app.check_same_hub(hub.database, hub.keys)
    other = HubKeys.create(hub.home / "other", now_ms=START_MS, demonstration=True)
    with pytest.raises(StorageError, match="ne vont pas ensemble"):
        hub_app.check_same_hub(hub.database, other)


def test_a_hub_without_keys_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="keys init"):
        hub_app.create_app(HubSettings(home=tmp_path))


def test_settings_say_where_everything_is(tmp_path: Path) -> None:
    settings = HubSettings(home=tmp_path)
    assert settings.database_place == tmp_path / "hub.db"
    assert settings.keys_place == tmp_path / "keys"
    assert settings.backups_place == tmp_path / "backups"
    assert HubSettings(home=tmp_path, database_url="sqlite:////x.db").database_place == "sqlite:////x.db"


@pytest.fixture(autouse=True)
def _quiet_log() -> Iterator[None]:
    yield
    logger = logging.getLogger("point_contact.hub")
    logger.handlers, logger.propagate = [], True
