"""The kiosk's web host: Flet's own, on 127.0.0.1 only, with what a public screen needs around it.

Nothing is fetched from outside, nothing of an ended visit can be seen again, other origins and hosts are refused, and
the page's signs of life reach the visit they belong to.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from contextvars import Context, copy_context
from pathlib import Path
from typing import Any

import flet as ft
import flet.fastapi as flet_web_host
from flet.messaging.session import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.screens import PLACES
from kiosk.tokens import FONT, FONT_FALLBACK
from kiosk.visit import SALON, Visit
from kiosk.web import assets, check, guard, lighter
from kiosk.web.sweep import Sweeper, drop_session, forget_late_pages

LOOPBACK = "127.0.0.1"
FORGET_AFTER_S = 15  # how long a session outlives its page; a reload within a visit takes less
TICK_S = 1.0
BEACON_MAX_BYTES = 200
DROPPED = (b"access-control-allow-origin", b"cache-control", b"cross-origin-embedder-policy")
"""Of what Flet sends. Without an embedder policy the page has no shared memory, so that Flutter draws on one thread: on
two, layout and drawing spoil each other's heap, and the screen stands still for ever (flutter/flutter#190039; decision
0020)."""
CLOSED = ("/docs", "/redoc", "/openapi.json", "/oauth_callback", "/upload", "/python.js", "/pyodide")
END_PAGE = (
    '<!doctype html><html lang="fr"><meta charset="utf-8"><title>Point Contact</title>'
    "<style>html{background:#0B3B45}</style><script>sessionStorage.clear();localStorage.clear();"
    "location.replace('/')</script></html>"
)
NO_OTHERS: Mapping[str, Callable[..., Any]] = {}


class Visits:
    """The visits in progress, by Flet session. One page, one visit."""

    def __init__(self) -> None:
        self._by_session: dict[str, Visit] = {}
        self._pages: dict[str, Context] = {}

    def add(self, session_id: str, visit: Visit) -> None:
        """A page opened; this is called in its own context, the only one in which it may be drawn again."""
        self._by_session[session_id] = visit
        self._pages[session_id] = copy_context()

    def tell(self, session_id: str, heard: Callable[[Visit], None]) -> bool:
        """Calls `heard` with the visit of a session, in the context of its page. False where there is none."""
        visit = self.get(session_id)
        if visit is None:
            return False
        self._pages[session_id].run(heard, visit)
        return True

    def get(self, session_id: str) -> Visit | None:
        """The visit of a session, or None."""
        return self._by_session.get(session_id)

    def drop(self, session_id: str) -> None:
        """The session is gone: its visit is wiped."""
        visit = self._by_session.pop(session_id, None)
        self._pages.pop(session_id, None)
        if visit is not None:
            visit.wipe()

    def busy(self) -> bool:
        """True while a visit has begun and is not over."""
        return any(visit.started and not visit.over for visit in self._by_session.values())

    def __len__(self) -> int:
        return len(self._by_session)


def content_security_policy(port: int) -> str:
    """Only this origin, and its own socket. Flutter needs inline styles and wasm."""
    socket = " ".join(f"ws://{name}:{port}" for name in (LOOPBACK, "localhost"))
    return (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; "
        f"style-src 'self' 'unsafe-inline'; connect-src 'self' {socket} blob: data:; img-src 'self' data: blob:; "
        "media-src 'self' data: blob:; "
        "worker-src 'self' blob:; font-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'self'; "
        "form-action 'none'"
    )


class Doorkeeper:
    """ASGI wall around everything: right host, right origin, closed paths 404, safe headers."""

    def __init__(self, app: ASGIApp, port: int, pages: Iterable[str]) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in (LOOPBACK, "localhost")}
        self._origins = {f"http://{host}" for host in self._hosts}
        self._policies = [
            (b"content-security-policy", content_security_policy(port).encode()),
            (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
        ]
        self._check = [(name.encode(), value.encode()) for name, value in check.headers().items()]
        self._pages = frozenset(pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if not self._admits(scope):
            await self._refuse(scope, receive, send)
        elif scope["type"] == "http" and self._closed(scope["path"]):
            await Response("Cette page n’existe pas.", 404)(scope, receive, send)
        else:
            await self._app(scope, receive, self._with_headers(scope, send))

    def _admits(self, scope: Scope) -> bool:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get(b"origin")
        if headers.get(b"host") not in self._hosts:
            return False
        if origin is None:
            return bool(scope["type"] == "http")
        return origin in self._origins

    def _closed(self, path: str) -> bool:
        if path.startswith(CLOSED):
            return True
        return "." not in path.rsplit("/", 1)[-1] and path not in self._pages

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await Response("Cette adresse n’est pas celle de la borne.", 403)(scope, receive, send)

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        if scope["type"] != "http":
            return send
        last = scope["path"].rsplit("/", 1)[-1]
        # A page is never kept, so that going back finds nothing; files are kept but checked, so that none is stale.
        caching = b"no-cache" if "." in last else b"no-store"

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in DROPPED]
                message["headers"] = [
                    *kept,
                    *(self._check if scope["path"] == check.PATH else self._policies),
                    (b"cache-control", caching),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                ]
            await send(message)

        return sending


def page_main(
    stage: Callable[..., Any], actions: Any, visits: Visits, new_visit: Callable[[ft.Page], Visit],
    refresh: Callable[[Visit], None], others: Mapping[str, Callable[..., Any]] = NO_OTHERS,
) -> Callable[[ft.Page], None]:  # fmt: skip
    """What Flet calls for each new page: makes its visit, draws `stage(visit, actions)`, and follows it every second.

    `refresh` puts the clock and the state of the network into the visit. `others` are drawn at their own addresses, in
    the place of `stage`: on them no visit ever begins.
    """

    sweeper = Sweeper(visits.busy)

    def main(page: ft.Page) -> None:
        session_id = page.session.id
        visit = new_visit(page)
        visits.add(session_id, visit)
        refresh(visit)
        _dress(page)

        async def follow() -> None:
            while True:
                await asyncio.sleep(TICK_S)
                refresh(visit)
                visit.tick()

        ticking = asyncio.create_task(follow())

        def closed(event: object) -> None:
            del event
            ticking.cancel()
            visits.drop(session_id)
            sweeper.soon()

        async def left(event: object) -> None:
            del event
            if visit.over:  # else it may be a reload, which finds its visit again
                await drop_session(page.session)

        page.on_close, page.on_disconnect = closed, left
        page.on_resize = lambda event: visit.resize(event.width, event.height)
        page.render(others.get(page.route, stage), visit, actions)

    return main


def _dress(page: ft.Page) -> None:
    base = ft.TextStyle(font_family=FONT, font_family_fallback=list(FONT_FALLBACK))
    page.title = "Point Contact"
    page.padding = 0
    page.spacing = 0
    page.theme_mode = ft.ThemeMode.LIGHT
    page.theme = ft.Theme(
        font_family=FONT,
        color_scheme_seed="#0E4A56",
        splash_color="#00000000",
        text_theme=ft.TextTheme(body_large=base, body_medium=base, label_large=base, title_medium=base),
    )
    french = ft.Locale("fr", "FR")
    page.locale_configuration = ft.LocaleConfiguration(supported_locales=[french], current_locale=french)


async def wipe_page(page: ft.Page) -> None:
    """Sends the browser to `/fin`, which forgets the session and comes back to a new one."""
    with suppress(Exception):  # the page may already be gone; its session is then dropped on its own
        await ft.UrlLauncher().launch_url(ft.Url("/fin", target=ft.UrlTarget.SELF))


def build(
    main: Callable[[ft.Page], None], visits: Visits, assets_folder: Path, port: int, *,
    on_end: Callable[[], None] = lambda: None, pages: Iterable[str] = PLACES,
) -> ASGIApp:  # fmt: skip
    """The whole host as an ASGI application. `on_end` is called when a browser has asked for `/fin`.

    `pages` are the addresses that answer; the others are 404.
    """
    forget_late_pages()
    app = flet_web_host.FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    async def healthz() -> Response:
        return JSONResponse({"ok": True, "visits": len(visits)})

    async def activity(request: Request) -> Response:
        return await _beacon(visits, request, lambda visit: visit.touch())

    async def escape(request: Request) -> Response:
        return await _beacon(visits, request, lambda visit: visit.open_sheet(None))

    async def end() -> Response:
        on_end()
        return HTMLResponse(END_PAGE, headers={"Clear-Site-Data": '"storage"'})

    pages = _with_check(app, [*pages])
    app.add_api_route("/healthz", healthz, methods=["GET"])
    app.add_api_route("/kiosk/activity", activity, methods=["POST"])
    app.add_api_route("/kiosk/escape", escape, methods=["POST"])
    app.add_api_route("/fin", end, methods=["GET"])
    app.mount(
        "/",
        flet_web_host.app(
            main,
            assets_dir=str(assets.build(assets_folder)),
            app_name="Point Contact",
            app_description="Borne Point Contact",
            web_renderer=ft.WebRenderer.SKWASM,
            no_cdn=True,
            upload_dir=None,
            session_timeout_seconds=FORGET_AFTER_S,
        ),
    )
    lighter.install()
    guard.install(lambda session, reference: _incident(visits, session, reference))
    return Doorkeeper(app, port, [*pages, "/healthz", "/kiosk/activity", "/kiosk/escape", "/fin"])


async def _beacon(visits: Visits, request: Request, heard: Callable[[Visit], None]) -> Response:
    """What a page tells of its visit: `heard`. Its session's number is the body."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BEACON_MAX_BYTES:
            return Response(status_code=413)
    known = visits.tell(body.decode("ascii", "replace").strip('"'), heard)
    return Response(status_code=204 if known else 404)


def _with_check(app: Any, pages: list[str]) -> list[str]:
    """The pages, and the one that tries camera and sound, where there is a booth."""
    if SALON not in pages:
        return pages
    app.add_api_route(check.PATH, _camera_and_sound, methods=["GET"])
    return [*pages, check.PATH]


async def _camera_and_sound(request: Request) -> Response:
    return HTMLResponse(check.page(request.query_params))


def _incident(visits: Visits, session: Session, reference: str) -> None:
    visit = visits.get(session.id)
    if visit is not None:
        visit.report(reference)
