"""Keeps a fault of ours from reaching the public: no traceback on the screen, no dead screen, no personal data in logs.

Flet 1.0 shows the text of an exception over the whole page, and stops redrawing a session for ever after one in a
component, in the comparison with what was shown before or in the sending of the difference. All of it is replaced here,
and nowhere else; Flet is pinned in `pyproject.toml` because of it.
"""

import logging
import secrets
import sys
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any
from weakref import WeakKeyDictionary

import flet as ft
from flet.components.component import Component, Renderer
from flet.controls.context import context
from flet.messaging.session import Session

log = logging.getLogger("kiosk.incident")

TOLD_MAX = 5
"""How many failed changes of one page are shown: what shows them is drawn, too, and may fail in its turn."""
_FALLBACK = "Cette partie de l’écran a rencontré un incident. Vous pouvez terminer, ou demander à l’accueil."


def describe(error: BaseException | None, trace: TracebackType | None) -> str:
    """Type of the error and the lines it went through: never its message, which may hold what a visitor typed."""
    frames = traceback.extract_tb(trace)[-6:]
    where = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {where}" if error is not None else "unknown"


def record() -> str:
    """Writes the error being handled to the log and returns the number of the incident (six hex digits)."""
    reference = secrets.token_hex(3)
    kind, error, trace = sys.exc_info()
    del kind
    log.error("incident %s: %s", reference, describe(error, trace))
    return reference


def install(on_incident: Callable[[Session, str], None]) -> Callable[[], None]:
    """Replaces Flet's crash screen and guards every component; returns what puts Flet's own behaviour back.

    `on_incident` gets the session and the number of the incident, and shows it to the visitor.
    """
    plain_error, plain_render, plain_update = Session.error, Renderer.render, Component.update
    told: WeakKeyDictionary[Session, int] = WeakKeyDictionary()

    def error(self: Session, message: str) -> None:
        del message
        on_incident(self, record())

    def render(self: Any, root_fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return plain_render(self, root_fn, *args, **kwargs)
        except Exception:  # noqa: BLE001 - the outermost boundary of a component
            record()
            return ft.Text(_FALLBACK, size=30)

    def update(self: Component) -> None:
        try:
            plain_update(self)  # type: ignore[no-untyped-call]
        except Exception:  # noqa: BLE001 - it would end the task that draws every later change of this page
            reference, session = record(), context.page.session
            told[session] = told.get(session, 0) + 1
            if told[session] <= TOLD_MAX:
                on_incident(session, reference)

    Component.update = update  # type: ignore[method-assign]
    Session.error = error  # type: ignore[method-assign]
    Renderer.render = render  # type: ignore[method-assign]

    def restore() -> None:
        Session.error = plain_error  # type: ignore[method-assign]
        Renderer.render = plain_render  # type: ignore[method-assign]
        Component.update = plain_update  # type: ignore[method-assign]

    return restore
