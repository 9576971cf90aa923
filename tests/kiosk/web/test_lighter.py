"""Flet made to walk less must send the same and follow the same controls."""

import asyncio
import json
from collections import Counter
from typing import Any

import flet as ft
import msgpack
import pytest
from flet.controls.base_control import BaseControl
from flet.messaging.protocol import Message, MessageAction, configure_encode_object_for_msgpack

from kiosk.screens.stage import Stage
from kiosk.visit import MENU, Visit
from kiosk.web import lighter
from tests.kiosk.flet_harness import Kiosk
from tests.kiosk.stand_in import StandInActions

WAY = (MENU, "/possible", MENU, "/code", "/")


def _without_numbers(value: Any) -> Any:
    """The message with the numbers of controls, drawn from a counter of the process, left out."""
    if isinstance(value, dict):
        return {key: _without_numbers(item) for key, item in value.items() if key not in ("_i", "id", "call_id")}
    return [_without_numbers(item) for item in value] if isinstance(value, list) else value


def _sent_and_followed() -> tuple[list[Any], Counter[str]]:
    sent: list[Any] = []

    async def run() -> Counter[str]:
        visit = Visit()
        async with Kiosk(Stage, visit, StandInActions()) as kiosk:
            plain = kiosk.line.send_message

            def keep(message: Message) -> None:
                if message.action == MessageAction.PATCH_CONTROL:
                    encode = configure_encode_object_for_msgpack(BaseControl)
                    sent.append(
                        _without_numbers(
                            msgpack.unpackb(msgpack.packb([message.body], default=encode), strict_map_key=False)
                        )
                    )
                else:
                    plain(message)

            kiosk.line.send_message = keep  # type: ignore[method-assign]
            for place in WAY:
                visit.go(place)
                await kiosk.settle()
            visit.open_sheet("help")
            await kiosk.settle()
            sent.sort(key=lambda one: json.dumps(one, sort_keys=True))  # components are drawn in any order
            return Counter(type(control).__name__ for control in kiosk.session.index.values())

    return sent, asyncio.run(run())


def test_the_browser_is_sent_the_same_and_the_same_controls_are_followed() -> None:
    plain = _sent_and_followed()
    restore = lighter.install()
    try:
        light = _sent_and_followed()
    finally:
        restore()
    assert len(plain[0]) >= len(WAY)
    assert light == plain


def test_a_message_is_not_written_out_for_a_line_that_nobody_reads() -> None:
    restore = lighter.install()
    try:
        assert repr(Message(MessageAction.PATCH_CONTROL, object())) == "Message(PATCH_CONTROL)"
    finally:
        restore()


@pytest.mark.parametrize("word", ["controls", "content"])
def test_what_is_held_is_found_in_the_order_of_the_fields(word: str) -> None:
    inner = ft.Text("x")
    outer = ft.Column([inner]) if word == "controls" else ft.Container(inner)
    assert any(value is inner or value == [inner] for value in lighter.held(outer))
