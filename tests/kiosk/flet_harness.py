"""Drives a Flet component in-process: no browser, no socket. The one test file that touches Flet's internals.

async with Kiosk(Home, visit, actions) as kiosk:
    await kiosk.tap("Rendez-vous vidéo")
    assert "…" in kiosk.texts()
"""

import asyncio
import dataclasses
from collections.abc import Iterator
from typing import Any, Self

import flet as ft
import msgpack
from flet.components.component import Component
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page, context
from flet.messaging.connection import Connection
from flet.messaging.protocol import (
    Message,
    MessageAction,
    RegisterClientResponseBody,
    configure_encode_object_for_msgpack,
)
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

TURNS = 30


class _Line(Connection):
    """The wire to a browser that is not there: it answers every call at once and keeps what was said."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.get_running_loop()
        self.executor = None
        self.pubsubhub = PubSubHub(loop=self.loop, executor=None)
        self.page_url, self.page_name = "http://test", ""
        self.session: Session | None = None
        self.calls: list[str] = []
        self.crashes: list[str] = []

    def send_message(self, message: Message) -> None:
        # Component bodies are drawn during encoding, as on the real wire.
        msgpack.packb([message.action, message.body], default=configure_encode_object_for_msgpack(BaseControl))
        if message.action == MessageAction.SESSION_CRASHED:
            self.crashes.append(message.body.message)
        if message.action == MessageAction.INVOKE_METHOD:
            body = message.body
            self.calls.append(body.name)
            assert self.session is not None
            answer = self.session.handle_invoke_method_results
            self.loop.call_soon(answer, body.control_id, body.call_id, None, None)

    def dispose(self) -> None:
        self.session = None


class Kiosk:
    """A component drawn on a page of `width` × `height` px, with its events."""

    def __init__(self, component: Any, *args: Any, width: int = 1080, height: int = 1920) -> None:
        self._component, self._args, self._size = component, args, (width, height)

    async def __aenter__(self) -> Self:
        self.line = _Line()
        self.session = self.line.session = Session(self.line)
        self.page = self.session.page
        self.session.apply_page_patch({"route": "/", "width": self._size[0], "height": self._size[1], "web": True})
        _context_page.set(self.page)
        context.reset_auto_update()
        first = RegisterClientResponseBody(
            session_id=self.session.id, page_patch=self.session.get_page_patch(), error=""
        )
        self.line.send_message(Message(MessageAction.REGISTER_CLIENT, first))
        self.page.render(self._component, *self._args)
        await self.session.after_event(self.page)
        await self.settle()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.session.disconnect(0)
        self.session.close()
        await asyncio.sleep(0)

    async def settle(self) -> None:
        """Lets the session's own tasks run."""
        for _ in range(TURNS):
            await asyncio.sleep(0)

    def controls(self, start: Any = None, seen: set[int] | None = None) -> Iterator[BaseControl]:
        """Every control of the page, components opened, invisible branches left out."""
        value = self.page if start is None else start
        seen = set() if seen is None else seen
        if isinstance(value, list | tuple):
            for item in value:
                yield from self.controls(item, seen)
        elif isinstance(value, dict):
            yield from self.controls(list(value.values()), seen)
        elif dataclasses.is_dataclass(value) and id(value) not in seen:
            seen.add(id(value))
            if getattr(value, "visible", True) is False:
                return
            if isinstance(value, BaseControl):
                yield value
            if isinstance(value, Component):
                if value._b is not None:
                    yield from self.controls(value._b, seen)
                return
            names = [f.name for f in dataclasses.fields(value) if not f.metadata.get("skip") and f.name != "_parent"]
            for name in names:
                found = getattr(value, name, None)
                if found is not None:
                    yield from self.controls(found, seen)

    def texts(self) -> list[str]:
        """The words on the screen, icons left out."""
        found = (control.value for control in self.controls() if isinstance(control, ft.Text))
        return [words for words in found if words and not ("\ue000" <= words[0] <= "\uf8ff")]

    def button(self, label: str) -> ft.Button:
        """The one button that says `label`, exactly or else within its words."""
        said = [(control, self._words(control)) for control in self.controls() if isinstance(control, ft.Button)]
        exact = [control for control, words in said if label in words]
        found = exact or [control for control, words in said if any(label in word for word in words)]
        assert len(found) == 1, f"{len(found)} buttons say {label!r}"
        return found[0]

    def _words(self, button: ft.Button) -> list[str]:
        return [c.value or "" for c in self.controls(button.content) if isinstance(c, ft.Text)]

    async def tap(self, label: str) -> None:
        """Touches the button that says `label`."""
        await self.fire(self.button(label), "click")

    async def fire(self, control: BaseControl, event: str, data: Any = None) -> None:
        """Sends an event of `control`, as the browser would."""
        await self.session.dispatch_event(control._i, event, data)
        await self.settle()

    async def type(self, value: str) -> None:
        """Types `value` into the only field of the screen."""
        (box,) = [control for control in self.controls() if isinstance(control, ft.TextField)]
        self.session.apply_patch(box._i, {"value": value})
        await self.fire(box, "change", value)
