"""The floor of the kiosk's benchmark: the least Flet can do with two routes, on its own web host.

Started as a process of its own: ``python -m sync.bench.hello PORT``.
"""

from __future__ import annotations

import sys

import flet as ft
import flet.fastapi as flet_web_host
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FIRST, SECOND = "Bonjour depuis Flet", "Deuxième écran de Flet"
GO, BACK = "Suivant", "Précédent"


def _screen(words: str, button: str, route: str) -> ft.Control:
    page = ft.context.page
    return ft.Column([ft.Text(words, size=32), ft.Button(button, on_click=lambda: page.navigate(route))])


@ft.component
def First() -> ft.Control:  # noqa: N802  (a component, as Flet names them)
    """The first route."""
    return _screen(FIRST, GO, "/second")


@ft.component
def Second() -> ft.Control:  # noqa: N802  (a component, as Flet names them)
    """The second route."""
    return _screen(SECOND, BACK, "/")


@ft.component
def Hello() -> ft.Control:  # noqa: N802  (a component, as Flet names them)
    """Two routes, one sentence and one button each."""
    return ft.Router([ft.Route(index=True, component=First), ft.Route(path="second", component=Second)])


def main(page: ft.Page) -> None:
    """Draws one page."""
    page.render(Hello)


def _with_policy(app: ASGIApp, port: int) -> ASGIApp:
    """The headers that the kiosk's host sends with everything."""
    policy = (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; style-src 'self' "
        f"'unsafe-inline'; connect-src 'self' ws://127.0.0.1:{port} blob: data:; img-src 'self' data: blob:; "
        "worker-src 'self' blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'"
    ).encode()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = [(b"content-security-policy", policy), (b"cache-control", b"no-cache")]
                theirs = [pair for pair in message["headers"] if pair[0].lower() != b"cross-origin-embedder-policy"]
                message["headers"] = [*theirs, *ours]
            await send(message)

        await app(scope, receive, sending if scope["type"] == "http" else send)

    return answer


def serve(port: int) -> None:
    """Serves until stopped, on the loopback, with nothing from outside, as the kiosk does."""
    app = flet_web_host.app(main, no_cdn=True, web_renderer=ft.WebRenderer.SKWASM, upload_dir=None, app_name="Hello")
    uvicorn.run(_with_policy(app, port), host="127.0.0.1", port=port, log_level="warning", ws="websockets-sansio")


if __name__ == "__main__":
    serve(int(sys.argv[1]))
