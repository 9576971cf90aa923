"""The floor of the kiosk's benchmark: the least Flet can do with two routes, on its own web host.

Started as a process of its own: ``python -m sync.bench.hello PORT``.
"""

from __future__ import annotations

import sys

import flet as ft
import flet.fastapi as flet_web_host
import uvicorn

FIRST, SECOND = "Bonjour depuis Flet", "Deuxième écran de Flet"
GO, BACK = "Suivant", "Précédent"


@ft.component
def Hello() -> ft.Control:  # noqa: N802  (a component, as Flet names them)
    """Two screens, one state, one button each."""
    second, set_second = ft.use_state(False)
    words = SECOND if second else FIRST
    button = ft.Button(BACK if second else GO, on_click=lambda: set_second(not second))
    return ft.Column([ft.Text(words, size=32), button])


def main(page: ft.Page) -> None:
    """Draws one page."""
    page.render(Hello)


def serve(port: int) -> None:
    """Serves until stopped, on the loopback, with nothing from outside, as the kiosk does."""
    app = flet_web_host.app(main, no_cdn=True, upload_dir=None, app_name="Hello")
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", ws="websockets-sansio")


if __name__ == "__main__":
    serve(int(sys.argv[1]))
