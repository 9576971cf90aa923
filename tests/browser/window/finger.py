"""A person in front of a guided window: sees what the accessibility tree says, touches with trusted touches.

The window runs headless in a real Chromium. The page, the bar's world and the person are the other ends; nothing of the
window itself is replaced but its rule, which here lets plain http of this machine through.
"""

from __future__ import annotations

import base64
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kiosk.window.devtools import DevToolsError
from kiosk.window.guided import GuidedWindow
from kiosk.window.opening import Helping, Opening, Printing, Rule
from tests.browser.chromium import executable

WAIT_S = 12.0
SOUND_S = 1.5
HEADLESS = ("--headless=new",)


@dataclass(frozen=True)
class LocalRule(Rule):
    """The same hosts, on the ports of a page server of this machine, without a certificate."""

    def host_of(self, url: str) -> str:
        rest = url.removeprefix("http://")
        return rest.split("/", 1)[0].split(":", 1)[0] if rest != url else ""


@dataclass
class Printer:
    """Takes paper, or does not."""

    works: bool = True
    taken: list[tuple[bytes, str]] = field(default_factory=list)

    def print_pdf(self, data: bytes, title: str) -> bool:
        self.taken.append((data, title))
        return self.works


@dataclass
class Helper:
    """Stands for the visit: notes what the window asks of it."""

    wanted: list[bool] = field(default_factory=list)

    def call_help(self, wanted: bool) -> None:
        self.wanted.append(wanted)


class Seen(GuidedWindow):
    """A guided window and the person in front of it."""

    def __init__(
        self, opening: Opening, *, printing: Printing | None = None, size: tuple[int, int] = (1080, 1920),
        flags: Sequence[str] = (), now: Callable[[], float] = time.monotonic, keyboard: bool = True,
        helping: Helping | None = None,
    ) -> None:  # fmt: skip
        self._sounds, self._heard = 0, threading.Event()
        self._began_s: dict[str, float] = {}
        self.ends: queue.Queue[str] = queue.Queue()
        more = (*HEADLESS, f"--screen-info={{{size[0]}x{size[1]}}}", *flags)
        super().__init__(
            executable(), opening, self.ends.put, printing=printing, more_flags=more, now=now, keyboard=keyboard,
            helping=helping,
        )  # fmt: skip

    def listens(self) -> None:
        """From now on every sound that this page plays to its end is counted."""
        self.do("WebAudio.enable")

    def _on_WebAudio_contextChanged(self, params: dict[str, Any], session: str) -> None:
        del session
        context, now = params["context"], time.monotonic()
        if context["contextState"] == "running":
            self._began_s[context["contextId"]] = now
        elif context["contextState"] == "closed" and now - self._began_s.pop(context["contextId"], now) > SOUND_S:
            self._sounds += 1
            self._heard.set()

    def hears(self, within_s: float = WAIT_S) -> int:
        """Waits for a sound; how many there were since it began to listen."""
        self._heard.wait(within_s)
        return self._sounds

    def do(self, method: str, **params: Any) -> dict[str, Any]:
        """One command on the page's session."""
        assert self._devtools is not None
        return self._devtools.send(method, params, self._session)

    def js(self, expression: str, *, gesture: bool = False) -> Any:
        """Runs something as the page itself would."""
        given = self.do(
            "Runtime.evaluate", expression=expression, userGesture=gesture, awaitPromise=True, returnByValue=True
        )
        return given["result"].get("value")

    def nodes(self) -> list[dict[str, Any]]:
        """What a screen reader would find, the bar included."""
        return list(self.do("Accessibility.getFullAXTree")["nodes"])

    def reads(self) -> str:
        """Every text on the screen."""
        found = (node.get("name", {}).get("value", "") for node in self.nodes() if not node.get("ignored"))
        return "\n".join(text for text in found if text)

    def sees(self, *texts: str, within_s: float = WAIT_S) -> str:
        """Waits until all of it can be read."""
        until = time.monotonic() + within_s
        read = ""
        while time.monotonic() < until:
            try:
                read = self.reads()
            except DevToolsError:
                read = "(no page)"
            if all(text in read for text in texts):
                return read
            time.sleep(0.15)
        raise AssertionError(f"not seen: {texts}\n{read}")

    def button(self, name: str) -> tuple[float, float] | None:
        """Where the middle of a button of that name is, or None."""
        box = self._box(name)
        return ((box[0] + box[4]) / 2, (box[1] + box[5]) / 2) if box else None

    def size_of(self, name: str) -> tuple[float, float]:
        """How wide and high a button of that name is, in px."""
        box = self._box(name)
        assert box is not None, f"no button « {name} »"
        return box[4] - box[0], box[5] - box[1]

    def _box(self, name: str) -> list[float] | None:
        for node in self.nodes():
            is_it = node.get("role", {}).get("value") in ("button", "link", "textbox")
            if is_it and node.get("name", {}).get("value") == name:
                try:
                    found: list[float] = self.do("DOM.getBoxModel", backendNodeId=node["backendDOMNodeId"])["model"][
                        "border"
                    ]
                except DevToolsError:
                    continue
                return found
        return None

    def touches(self, name: str, within_s: float = WAIT_S) -> None:
        """Touches the button, link or field of that name, as a finger would."""
        until, before = time.monotonic() + within_s, None
        while time.monotonic() < until:
            try:
                at = self.button(name)
                if at is not None and at == before:  # it stands still
                    self.taps(*at)
                    return
                before = at
            except DevToolsError:
                before = None
            time.sleep(0.15)
        raise AssertionError(f"no button « {name} »: {self.reads()}")

    def taps(self, x: float, y: float) -> None:
        """A touch of the glass at a point."""
        given = {"x": x, "y": y, "button": "left", "clickCount": 1}
        self.do("Input.dispatchMouseEvent", type="mousePressed", **given)
        with contextlib.suppress(DevToolsError):  # the touch that closes the window is not answered
            self.do("Input.dispatchMouseEvent", type="mouseReleased", **given)

    def picture(self, file: Path) -> None:
        """Saves what is on the glass."""
        file.write_bytes(base64.b64decode(self.do("Page.captureScreenshot", format="png")["data"]))

    def ended(self, within_s: float = WAIT_S) -> str:
        """Waits for the end; returns its reason."""
        return self.ends.get(timeout=within_s)


def opening(url: str, hosts: Sequence[str], *, cameras: Sequence[str] = (), **more: Any) -> Opening:
    """An opening on a page server of this machine."""
    given = Opening(url, LocalRule(tuple(hosts), tuple(cameras)), "M’inscrire", emergencies=(("15", "Samu"),))
    return replace(given, **more)
