"""One guided window: a Chromium of its own from `open` to its end, which leaves nothing behind. See the package."""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kiosk.browser import environment, new_profile, remove_profile
from kiosk.window.bar import ASK, RING, TELL, WORLD, Bar, show_expression
from kiosk.window.call import WindowCall
from kiosk.window.devtools import DevTools, DevToolsError, Process
from kiosk.window.flags import DENIED, FLAGS
from kiosk.window.gate import Gate
from kiosk.window.idle import WindowClock
from kiosk.window.keys import pressed, typed
from kiosk.window.opening import ASKED, FINISHED, IDLE, LIMIT, LOST, Call, Helping, Opening, Printing

log = logging.getLogger("kiosk.window")

START_S = 20.0
TICK_S = 1.0
PAPER_S = 30.0
POPUP_S = 10.0
AUTO_ATTACH = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
OWN_PANELS = ("help", "finish")


class WindowFailed(Exception):
    """The window did not open. Its text says at which step, never an address."""


class GuidedWindow:
    """A Chromium full screen over the kiosk, with the bar on every page. One object, one window, once.

    Args:
        chromium: the program. opening: what to open.
        on_closed: called once, with one of the reasons of ``opening``, from any thread, after everything is gone.
        printing: where paper goes; None where this terminal has no printer.
        helping: where calls for help go; None where the window offers none.
        now: seconds of a monotonic clock.
        more_flags: of Chromium, for this machine (``--ozone-platform=wayland``).
        keyboard: False where the terminal has a keyboard of its own.
    """

    def __init__(
        self, chromium: str, opening: Opening, on_closed: Callable[[str], None], *, printing: Printing | None = None,
        now: Callable[[], float] = time.monotonic, more_flags: Sequence[str] = (), keyboard: bool = True,
        helping: Helping | None = None,
    ) -> None:  # fmt: skip
        self._chromium, self._opening, self._on_closed = chromium, opening, on_closed
        self._printing, self._more_flags, self._now = printing, more_flags, now
        self._bar = Bar(opening, keyboard)
        self._call = WindowCall(helping, now)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._gone = threading.Event()
        self.profile: Path | None = None
        self._process: Process | None = None
        self._devtools: DevTools | None = None
        self._session = self._frame = ""
        self._context: int | None = None
        self._url, self._panel, self._wanted_host, self._back = "", "", "", -1
        self._way_known = False
        self._failed_url, self._document = "", b""
        self._popups: dict[str, tuple[str, float]] = {}
        self._shown: dict[str, Any] = {}
        self._asked = False

    # From outside -------------------------------------------------------------------------------

    def open(self) -> None:
        """Starts it; returns when the first page is on its way.

        Raises WindowFailed: no Chromium, no answer from it, or an address the rule refuses. Nothing is left then.
        """
        if not self._opening.rule.allows(self._opening.url):
            raise WindowFailed("address refused")
        try:
            self._start()
        except (OSError, DevToolsError) as error:
            self._over.set()  # who asked hears it by the exception, and by nothing else
            self._clean()
            raise WindowFailed(str(error) if isinstance(error, DevToolsError) else type(error).__name__) from None
        threading.Thread(target=self._tick_on, name="window-tick", daemon=True).start()

    def close(self, reason: str = ASKED) -> None:
        """Ends it at once: Chromium killed, its profile removed, then ``on_closed``. Again does nothing."""
        with self._lock:
            first = not self._over.is_set()
            self._over.set()
        if first:
            self._clean()
            self._on_closed(reason)
        elif threading.current_thread().name not in ("window-events", "window-wait"):
            self._gone.wait(START_S)

    def tell_call(self, told: Call) -> None:
        """How the visit's call for help stands; from any thread."""
        if self._devtools is not None:
            self._devtools.put("call", {"told": told})

    @property
    def is_open(self) -> bool:
        """True until it is closed, whoever closed it."""
        return not self._over.is_set()

    @property
    def process_id(self) -> int | None:
        """Of its Chromium, which leads a process group of that number."""
        return self._process.pid if self._process else None

    # Beginning and end --------------------------------------------------------------------------

    def _start(self) -> None:
        self.profile = new_profile()
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        folders = [f"--user-data-dir={self.profile}", f"--disk-cache-dir={self.profile / 'cache'}"]
        command = [self._chromium, *FLAGS, *self._more_flags, *root, *folders, "about:blank"]
        self._process = Process(command, environment(self.profile), lambda: self.close(LOST))
        self._clock = WindowClock(
            self._opening.quiet_s, self._opening.warning_s, self._opening.limit_s, self._now
        )  # fmt: skip
        devtools = self._devtools = DevTools(self._process.reads, self._process.writes, self._event)
        self._gate = Gate(
            devtools, self._opening.rule, self._stopped, self._unreachable, self._arrived, self._came, self._saved
        )
        devtools.send("Browser.getVersion", answer_s=START_S)
        devtools.send("Browser.setDownloadBehavior", {"behavior": "deny", "eventsEnabled": True})
        for name in DENIED:
            devtools.post("Browser.setPermission", {"permission": {"name": name}, "setting": "denied"})
        self._ready = threading.Event()
        devtools.send("Target.setAutoAttach", AUTO_ATTACH)
        if not self._ready.wait(START_S):
            raise DevToolsError("no page to open")

    def _close_soon(self, reason: str) -> None:
        """On a thread of its own: closing waits for Chromium, whose last events are handled on the protocol's."""
        threading.Thread(target=self.close, args=(reason,), name="window-close", daemon=True).start()

    def _clean(self) -> None:
        if self._devtools is not None:
            self._devtools.close()
        if self._process is not None:
            self._process.kill()
            self._process.close_pipes()
        if self.profile is not None:
            remove_profile(self.profile)
        self._document = b""
        self._gone.set()

    def _tick_on(self) -> None:
        while not self._over.wait(TICK_S):
            assert self._devtools is not None
            self._devtools.put("tick")

    # Events, one after the other, on the protocol's thread ---------------------------------------

    def _event(self, method: str, params: dict[str, Any], session: str) -> None:
        act = getattr(self, "_on_" + method.replace(".", "_"), None)
        if act is not None and not self._over.is_set():
            act(params, session)

    def _on_tick(self, params: dict[str, Any], session: str) -> None:
        del params, session
        if self._clock.over:
            reason = LIMIT if self._clock.at_limit else IDLE
            self._close_soon(reason)
            return
        for popup, (target, until) in list(self._popups.items()):
            if self._now() > until:
                self._drop(popup, target)
        self._show()

    def _on_Target_attachedToTarget(self, params: dict[str, Any], session: str) -> None:  # noqa: N802
        del session
        assert self._devtools is not None
        info, found = params["targetInfo"], params["sessionId"]
        if info["type"] == "page" and not self._session:
            self._session, self._frame = found, info["targetId"]
            self._dress(found)
            self._gate.watch(found)
            self._devtools.send("Runtime.runIfWaitingForDebugger", session=found)
            self._devtools.post("Page.navigate", {"url": self._opening.url}, found)
            self._ready.set()
        elif info["type"] == "page":
            # A new tab or window: what it wanted to show is shown in the one that has the bar.
            self._popups[found] = (info["targetId"], self._now() + POPUP_S)
            self._gate.watch(found)
            self._devtools.post("Runtime.runIfWaitingForDebugger", session=found)
        else:
            if info["type"] == "iframe":
                with contextlib.suppress(DevToolsError):  # a frame that went away again
                    self._dress(found)
            self._devtools.post("Runtime.runIfWaitingForDebugger", session=found)

    def _dress(self, session: str) -> None:
        """The bar, the page's own part of it, and no dialog that chooses files."""
        assert self._devtools is not None
        send, (bar, page) = self._devtools.send, self._bar.scripts()
        send("Page.enable", session=session)
        send("Runtime.enable", session=session)
        send("Runtime.addBinding", {"name": TELL, "executionContextName": WORLD}, session)
        for script, more in ((bar, {"worldName": WORLD}), (page, {})):
            send("Page.addScriptToEvaluateOnNewDocument", {"source": script, **more}, session)
        send("Page.setInterceptFileChooserDialog", {"enabled": True}, session)
        send("Target.setAutoAttach", AUTO_ATTACH, session)

    def _on_Target_detachedFromTarget(self, params: dict[str, Any], session: str) -> None:  # noqa: N802
        del session
        self._popups.pop(params["sessionId"], None)
        if params["sessionId"] == self._session:  # Ctrl+W, or a renderer that went for good
            self._close_soon(LOST)

    def _on_Inspector_targetCrashed(self, params: dict[str, Any], session: str) -> None:  # noqa: N802
        del params
        if session == self._session:
            self._close_soon(LOST)

    def _on_Fetch_requestPaused(self, params: dict[str, Any], session: str) -> None:  # noqa: N802
        popup = self._popups.get(session)
        if popup is None:
            self._gate.paused(params, session, self._frame)
            return
        url = params["request"]["url"]
        self._gate.refuse(params["requestId"], session)
        self._drop(session, popup[0])
        if self._opening.rule.allows(url):
            assert self._devtools is not None
            self._devtools.post("Page.navigate", {"url": url}, self._session)
        else:
            self._stopped(self._opening.rule.host_of(url))

    def _drop(self, session: str, target: str) -> None:
        assert self._devtools is not None
        self._popups.pop(session, None)
        self._devtools.post("Target.closeTarget", {"targetId": target})

    def _on_Page_frameNavigated(self, params: dict[str, Any], session: str) -> None:  # noqa: N802
        frame = params["frame"]
        if session != self._session or frame.get("parentId"):
            return
        # Of a page taken back out of memory the bar has said hello by now, of a new one it is going to: either way the
        # newest to have done so is the one to tell, and it is told everything again.
        self._shown = {}
        self._moved(frame["url"])
        self._show()
        if not self._opening.rule.allows(self._url) and self._url != "about:blank":
            # Should never be: every document is asked for at the gate. A way around it ends here all the same.
            log.warning("the window was somewhere it may not be and goes back to its beginning")
            assert self._devtools is not None
            self._devtools.post("Page.navigate", {"url": self._opening.url}, self._session)

    def _on_Page_navigatedWithinDocument(self, params: dict[str, Any], session: str) -> None:  # noqa: N802
        if session == self._session and params["frameId"] == self._frame:
            self._moved(params["url"])
            self._show()

    def _moved(self, url: str) -> None:
        self._url = url
        if url != self._failed_url:
            self._failed_url = ""
        if self._panel in OWN_PANELS or (self._panel == "unreachable" and not self._failed_url):
            self._panel = ""
        self._way_known = False
        if self._opening.rule.is_finished(url):
            self._do_finish_yes()

    def _look_back(self) -> None:
        """Is there a page before this one? While it changes pages Chromium does not say: asked again later."""
        assert self._devtools is not None
        try:
            told = self._devtools.send("Page.getNavigationHistory", session=self._session)
        except DevToolsError:
            self._back = -1
            return
        before = told["entries"][: told["currentIndex"]]
        self._back = before[-1]["id"] if before and self._opening.rule.allows(before[-1]["url"]) else -1
        self._way_known = True

    def _on_Page_fileChooserOpened(self, params: dict[str, Any], session: str) -> None:  # noqa: N802
        del params, session
        self._open_panel("files")

    def _on_Page_javascriptDialogOpening(self, params: dict[str, Any], session: str) -> None:  # noqa: N802
        if params["type"] == "beforeunload":  # « Terminer » and « Revenir » have asked already
            assert self._devtools is not None
            self._devtools.post("Page.handleJavaScriptDialog", {"accept": True}, session)

    def _on_Browser_downloadWillBegin(self, params: dict[str, Any], session: str) -> None:  # noqa: N802
        del params, session
        self._saved()

    # What the gate tells ------------------------------------------------------------------------

    def _stopped(self, host: str) -> None:
        self._wanted_host = host
        self._open_panel("stopped")

    def _unreachable(self, url: str) -> None:
        self._failed_url, self._panel = url, "unreachable"

    def _arrived(self, url: str) -> None:
        if self._panel == "unreachable":
            self._panel = self._failed_url = ""
        rule = self._opening.rule
        if rule.camera(url):
            assert self._devtools is not None
            origin = "/".join(url.split("/", 3)[:3])
            for name in ("camera", "microphone"):
                allowed = {"permission": {"name": name}, "setting": "granted", "origin": origin}
                self._devtools.send("Browser.setPermission", allowed)

    def _came(self, data: bytes) -> None:
        self._document = data
        self._open_panel("document" if self._printing is not None else "no_printer")

    def _saved(self) -> None:
        self._open_panel("download")

    # What the bar tells -------------------------------------------------------------------------

    def _on_Runtime_bindingCalled(self, params: dict[str, Any], session: str) -> None:  # noqa: N802
        if params["name"] != TELL:
            return
        told = json.loads(params["payload"])
        what = told["do"]
        if what == "live":
            if self._opening.rule.is_call(self._url):
                self._clock.live()
            return
        if what == "hello":
            if session == self._session:
                self._context, self._shown = params["executionContextId"], {}
                self._show()
            return
        if what == "print":  # a page may ask for it without a touch
            self._print_page()
            return
        self._clock.touch()
        if what == "type":
            self._press(typed(str(told["text"])))
        elif what == "press":
            self._press(pressed(str(told["key"])))
        elif (act := getattr(self, f"_do_{what}", None)) is not None:
            act()

    def _do_help(self) -> None:
        self._open_panel("" if self._panel == "help" else "help")

    def _do_call(self) -> None:
        self._call.begin()
        self._called()
        self._ring()

    def _do_call_over(self) -> None:
        self._call.end()
        self._called()

    def _do_ring(self) -> None:
        self._ring()

    def _on_call(self, params: dict[str, Any], session: str) -> None:
        del session
        self._call.hear(params["told"])
        self._clock.wait(self._call.stands)
        self._show()

    def _called(self) -> None:
        self._clock.wait(self._call.stands)
        self._open_panel("" if self._panel in OWN_PANELS else self._panel)

    def _do_finish(self) -> None:
        self._open_panel("finish")

    def _do_finish_yes(self) -> None:
        self._close_soon(FINISHED)

    def _do_close_panel(self) -> None:
        self._document = b""
        self._open_panel("")

    def _do_edge(self) -> None:
        self._bar.move()
        self._show()

    def _do_back(self) -> None:
        if self._back >= 0:
            assert self._devtools is not None
            self._devtools.post("Page.navigateToHistoryEntry", {"entryId": self._back}, self._session)

    def _do_retry(self) -> None:
        assert self._devtools is not None
        self._devtools.post("Page.navigate", {"url": self._failed_url or self._opening.url}, self._session)

    def _do_answer(self) -> None:
        self._clock.answer()
        self._show()

    def _press(self, events: list[dict[str, Any]]) -> None:
        assert self._devtools is not None
        for event in events:
            self._devtools.post("Input.dispatchKeyEvent", event, self._session)

    def _do_print_document(self) -> None:
        data, self._document = self._document, b""
        if data:
            self._paper(data)

    # Paper --------------------------------------------------------------------------------------

    def _print_page(self) -> None:
        """A page that wants paper is printed to a PDF, and offered: only the person's own touch takes the paper."""
        if self._printing is None:
            self._open_panel("no_printer")
            return
        assert self._devtools is not None
        a4 = {"paperWidth": 8.27, "paperHeight": 11.69, "printBackground": True, "transferMode": "ReturnAsBase64"}
        try:
            made = self._devtools.send("Page.printToPDF", a4, self._session, PAPER_S)
        except DevToolsError:
            self._open_panel("not_printed")
            return
        self._came(base64.b64decode(made["data"]))

    def _paper(self, data: bytes) -> None:
        assert self._printing is not None
        printing = self._printing
        self._open_panel("printing")

        def hand_over() -> None:
            try:
                taken = printing.print_pdf(data, self._opening.title)
            except Exception as error:  # noqa: BLE001 - a printer's fault is said, and ends nothing
                log.error("printing: %s", type(error).__name__)
                taken = False
            if self._devtools is not None:
                self._devtools.put("paper", {"panel": "printed" if taken else "not_printed"})

        threading.Thread(target=hand_over, name="window-paper", daemon=True).start()

    def _on_paper(self, params: dict[str, Any], session: str) -> None:
        del session
        self._open_panel(params["panel"])

    # Showing ------------------------------------------------------------------------------------

    def _open_panel(self, name: str) -> None:
        self._panel = name if name or not self._failed_url else "unreachable"
        self._show()

    def _show(self) -> None:
        """Brings the bar up to date, when anything changed."""
        if self._context is None or self._devtools is None:
            return
        if not self._way_known:
            self._look_back()
        left = self._clock.seconds_left()
        state = self._bar.state(
            host=self._opening.rule.words(self._url),
            back=self._back >= 0,
            minutes_left=self._clock.minutes_left(),
            panel=self._panel_now(left),
            seconds=left or 0,
            wanted_host=self._wanted_host,
            call=self._call.told,
        )
        if state != self._shown:
            self._shown = state
            self._run(show_expression(state))
        if left is not None and not self._asked:  # once for each question: who looks away hears it, nobody is harried
            self._run(ASK)
        self._asked = left is not None

    def _panel_now(self, left: int | None) -> str:
        """The question of silence over all; the flag of a call over what a page brings about, not over our own."""
        if left is not None:
            return "idle"
        return "call" if self._call.stands and self._panel not in OWN_PANELS else self._panel

    def _ring(self) -> None:
        if self._call.ringing.may_ring():
            self._run(RING)

    def _run(self, expression: str) -> None:
        """Runs something in the bar's world of the page that stands there."""
        assert self._devtools is not None
        self._devtools.post("Runtime.evaluate", {"expression": expression, "contextId": self._context}, self._session)
