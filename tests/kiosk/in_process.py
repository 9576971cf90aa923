"""Drives our Flet screens in this process: no browser, no socket. Leans on `flet.messaging`: Flet is pinned."""

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

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


class Wire(Connection):
    """The other end of a page: takes every message, answers every method call with nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.get_running_loop()
        self.page_url, self.page_name = "http://test", ""
        self.session: Any = None
        self.crashes: list[str] = []
        self.pubsubhub = PubSubHub(loop=self.loop, executor=None)

    def send_message(self, message: Message) -> None:
        # Bodies of components are drawn while the message is encoded.
        msgpack.packb([message.action, message.body], default=configure_encode_object_for_msgpack(BaseControl))
        if message.action == MessageAction.SESSION_CRASHED:
            self.crashes.append(str(message.body))
        if message.action == MessageAction.INVOKE_METHOD:
            call: Any = message.body
            self.loop.call_soon(
                lambda: self.session.handle_invoke_method_results(call.control_id, call.call_id, None, None)
            )


class Shown:
    """What one page shows, and a finger on it."""

    def __init__(self, component: Callable[..., Any], *arguments: Any, width: int = 1080, height: int = 1920) -> None:
        self._component, self._arguments = component, arguments
        self._size = {"width": width, "height": height}

    async def __aenter__(self) -> "Shown":
        self.wire = Wire()
        self.session = self.wire.session = Session(self.wire)
        self.page = self.session.page
        self.session.apply_page_patch({"route": "/", "web": True, **self._size})
        _context_page.set(self.page)
        context.reset_auto_update()
        body = RegisterClientResponseBody(
            session_id=self.session.id, page_patch=self.session.get_page_patch(), error=""
        )
        self.wire.send_message(Message(MessageAction.REGISTER_CLIENT, body))
        self.page.render(self._component, *self._arguments)
        await self.session.after_event(self.page)
        await self.settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.disconnect(0)
        self.session.close()
        await asyncio.sleep(0)
        assert not self.wire.crashes

    async def settle(self, turns: int = 40) -> None:
        """Lets everything that was started be drawn."""
        for _ in range(turns):
            await asyncio.sleep(0)

    def walk(self, value: Any = None, seen: set[int] | None = None) -> Iterator[Any]:
        """Every control that is shown, components unfolded."""
        value = self.page if value is None else value
        seen = set() if seen is None else seen
        if isinstance(value, (list, tuple)):
            for item in value:
                yield from self.walk(item, seen)
        elif isinstance(value, dict):
            yield from self.walk(list(value.values()), seen)
        elif (isinstance(value, BaseControl) or dataclasses.is_dataclass(value)) and id(value) not in seen:
            seen.add(id(value))
            yield from self._walk_one(value, seen)

    def _walk_one(self, value: Any, seen: set[int]) -> Iterator[Any]:
        if isinstance(value, BaseControl):
            yield value
        if isinstance(value, Component):
            if value._b is not None:
                yield from self.walk(value._b, seen)
            return
        if getattr(value, "visible", True) is False:
            return
        for field in dataclasses.fields(value):
            if not field.metadata.get("skip") and field.name != "_parent":
                item = getattr(value, field.name, None)
                if item is not None:
                    yield from self.walk(item, seen)

    def words(self) -> str:
        """Everything that can be read, spans included."""
        found = []
        for control in self.walk():
            if isinstance(control, ft.Text):
                found += [control.value or "", *(str(span.text) for span in control.spans or [])]
        return "\n".join(found)

    def touchables(self) -> dict[str, Any]:
        """What can be touched, by the words on it."""
        found: dict[str, Any] = {}
        for control in self.walk():
            if isinstance(control, ft.Button) and not control.disabled:
                found[_words_in(self, control)] = control
        return found

    async def tap(self, words: str) -> None:
        """Touches the first thing whose words hold `words`. AssertionError when there is none."""
        match = next((button for face, button in self.touchables().items() if words in face), None)
        assert match is not None, f"nothing to touch says « {words} »"
        await self.session.dispatch_event(match._i, "click", None)
        await self.settle()

    async def type(self, text: str) -> None:
        """Types in the only field."""
        fields = [control for control in self.walk() if isinstance(control, ft.TextField)]
        assert len(fields) == 1
        self.session.apply_patch(fields[0]._i, {"value": text})
        await self.session.dispatch_event(fields[0]._i, "change", text)
        await self.settle()


def _words_in(shown: Shown, control: Any) -> str:
    faces = [one for one in shown.walk(control.content) if isinstance(one, ft.Text)]
    said = [one for one in faces if len(one.value or "") > 1] or faces
    return " ".join(
        part for one in said for part in (str(one.value), *(str(span.text).strip() for span in one.spans or []))
    )
