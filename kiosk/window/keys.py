"""The keys of the bar's keyboard, as the DevTools protocol presses them: the page believes them. Pure."""

from __future__ import annotations

from typing import Any

TEXT_MAX = 8
KEYS = {"Backspace": 8, "Tab": 9, "Enter": 13}
"""Keys that are not letters, with their Windows numbers, as the protocol wants them."""


def typed(text: str) -> list[dict[str, Any]]:
    """What `Input.dispatchKeyEvent` is given for a letter."""
    text = text[:TEXT_MAX]
    key = {"key": text, "windowsVirtualKeyCode": ord(text[0].upper()) if text.isalnum() else 0}
    return [{"type": "keyDown", **key, "text": text}, {"type": "keyUp", **key}]


def pressed(name: str) -> list[dict[str, Any]]:
    """The same for one of ``KEYS``; nothing for another one."""
    if name not in KEYS:
        return []
    key = {"key": name, "code": name, "windowsVirtualKeyCode": KEYS[name], "nativeVirtualKeyCode": KEYS[name]}
    text = {"text": "\r"} if name == "Enter" else {}
    return [{"type": "keyDown", **key, **text}, {"type": "keyUp", **key}]
