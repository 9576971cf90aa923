"""The terminal's composition root: replica, content, schedule, web host and browser, put together and run."""

import errno
import gc
import json
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

import flet as ft
import uvicorn
from starlette.types import ASGIApp

from content.errors import ContentError
from content.recordings import Recordings
from content.shelf import Shelf
from kiosk.actions import Actions
from kiosk.lifeline import Lifeline
from kiosk.models import notice_board
from kiosk.models.frame import frame_view
from kiosk.printing.counter import Counters
from kiosk.printing.pdf import ROLL
from kiosk.printing.printer import CupsQueue, FolderPrinter, Printer
from kiosk.screens import PLACES
from kiosk.screens.notice_board import NoticeBoard
from kiosk.screens.stage import Stage
from kiosk.settings import TEXT_NAMES, KioskSettings
from kiosk.show import Show, VisitsPaper, show_on, tell
from kiosk.speech import Read, Voice, find_voice, wake
from kiosk.tokens import Look
from kiosk.visit import ATTRACT, BOOKING, SEAT, Visit
from kiosk.web.host import LOOPBACK, Visits, build, page_main, wipe_page
from kiosk.window.opening import Printing
from sync.errors import PointContactError
from sync.replica.machine import read_machine_secret
from sync.replica.schedule import Schedule
from sync.replica.terminal import Terminal

REFRESH_S = 2.0
VISITED, SHOWING = "borne", "affichage"
"""Functions of a terminal, given with its invitation: what it does not have answers 404."""
KEPT_S = 1.0
ASK_S = 10.0
"""How long the goodbye asks how the visit was, before the first screen comes back by itself."""


def new_visit(page: ft.Page, *, diagonal_in: float, **more: Any) -> Visit:
    """The visit of a page just opened; `more` are arguments of `Visit` (`quiet_s`, `papers`, `windows`…)."""
    look = Look(page.width or 1080, page.height or 1920, diagonal_in)

    def wipe() -> None:
        page.run_task(wipe_page, page)

    return Visit(look, on_end=wipe, **more)


def ask_at_first_touch(visit: Visit, soon: Callable[[], None]) -> None:
    """Asks the hub anew when a person begins: what the header says of the network is then of this minute."""

    def began() -> None:
        if visit.place != ATTRACT:
            stop()
            soon()

    stop = visit.watch("place", began)


def free_hour_on_leaving(visit: Visit, drop_hold: Callable[[str], None]) -> None:
    """Frees the hour that a visit holds as soon as it is elsewhere: the menu, another place, its end, a closed page."""

    def moved() -> None:
        if visit.place not in (BOOKING, SEAT):
            # A full disk must not keep a visit from being wiped: the hour is then free when its five minutes are over.
            with suppress(PointContactError):
                drop_hold(visit.key)

    visit.watch("place", moved)


def tell_calls(visit: Visit, actions: Actions) -> None:
    """Tells the desk of a call for help, and of its end: by the person, or with the visit."""

    def changed() -> None:
        # A full disk must keep neither the flag from standing nor a visit from being wiped: only the desk hears less.
        with suppress(PointContactError):
            if visit.calling:
                actions.call_help()
            else:
                actions.end_help_call()

    visit.watch("call", changed)
    visit.watch("over", changed)


def count_opinion(actions: Actions, journey: str, answer: str) -> None:
    """Counts the one tap at the end of a visit. A full disk loses it: nobody is left to be told."""
    with suppress(PointContactError):
        actions.count_opinion(journey, answer)


def refresher(actions: Actions, now_s: Callable[[], float] = time.monotonic) -> Callable[[Visit], None]:
    """Puts clock and network into a visit; reads the replica at most every two seconds, for all pages together."""
    last = {"at": float("-inf")}
    held = {"view": frame_view(actions)}

    def refresh(visit: Visit) -> None:
        if now_s() - last["at"] >= REFRESH_S:
            held["view"], last["at"] = frame_view(actions), now_s()
        visit.show(held["view"])

    return refresh


def take_papers_back(visit: Visit) -> None:
    """When a visit ends, what it printed and has not come out is taken back from the printer."""
    if visit.papers is not None:
        visit.watch("over", visit.papers.end)


def open_printer(settings: KioskSettings) -> Printer | None:
    """The printer of the settings, not asked anything yet; ``None`` without one."""
    if settings.printer:
        return CupsQueue(settings.printer, settings.paper)
    if settings.print_folder is not None:
        return FolderPrinter(settings.print_folder, settings.paper or ROLL)
    return None


def open_voice() -> Voice | None:
    """The voice of this machine, and the recordings of the content where they have the same words.

    Raises PointContactError where a recording was altered.
    """
    voice = find_voice()
    if voice is None:
        return None
    try:
        return Read(voice, Recordings.open().sound)
    except ContentError as error:
        raise PointContactError(str(error)) from error


def application(
    settings: KioskSettings, actions: Actions, assets_folder: Path, visits: Visits, *,
    on_end: Callable[[], None] = lambda: None, show: Show | None = None, counters: Counters | None = None,
    voice: Voice | None = None,
) -> ASGIApp:  # fmt: skip
    """The kiosk's web application over `actions`. Its visits are in `visits`; `on_end` is called after each that ended.

    `show` opens guided windows, `counters` print for the visits, `voice` reads aloud; without them there are none.
    """

    def make(page: ft.Page) -> Visit:
        windows = show.windows(page) if show is not None else None
        visit = new_visit(
            page, diagonal_in=settings.diagonal_in, quiet_s=settings.quiet_s, warning_s=settings.warning_s,
            ask_s=ASK_S, on_opinion=partial(count_opinion, actions), windows=windows,
            papers=counters.new() if counters is not None else None, voice=voice,
        )  # fmt: skip
        tell(windows, visit)
        take_papers_back(visit)
        ask_at_first_touch(visit, actions.sync_soon)
        free_hour_on_leaving(visit, actions.drop_hold)
        tell_calls(visit, actions)
        return visit

    boards = {notice_board.PATH: NoticeBoard} if SHOWING in actions.functions else {}
    main = page_main(Stage, actions, visits, make, refresher(actions), boards)
    pages = [*(PLACES if VISITED in actions.functions else ()), *boards]
    return build(main, visits, assets_folder, settings.port, on_end=on_end, pages=pages)


def warm(actions: Actions, voice: Voice | None = None) -> None:
    """Does once, before anybody touches, what the first touch would pay for: every screen imported, every query built.

    What is alive afterwards is the program's own: the collector need not walk it in the middle of a visit.
    """
    for place in PLACES.values():
        if find_spec(place.module) is not None:
            import_module(place.module)
    actions.slots()
    actions.events()
    actions.offers()
    actions.services()
    actions.commune_table()
    actions.privacy_notice("fr")
    if voice is not None:
        wake(voice)
    gc.collect()
    gc.freeze()


def listen(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1 only. Raises PointContactError when the port is in use."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((LOOPBACK, port))
        found.listen()
    except OSError as error:
        found.close()
        if error.errno == errno.EADDRINUSE:
            raise PointContactError(
                f"Le port {port} est déjà pris par un autre programme. Arrêtez-le, ou choisissez un autre port "
                "avec --port."
            ) from None
        raise PointContactError(
            f"Le port {port} ne peut pas être ouvert. Choisissez un autre port avec --port."
        ) from None
    return found


@contextmanager
def opened(settings: KioskSettings) -> Iterator[tuple[Terminal, Actions, Schedule]]:
    """The terminal of `settings.home`, its actions and its schedule, not started yet; closed at the end.

    Raises PointContactError (not enrolled, wrong machine secret, database that cannot be opened) with its sentence.
    """
    terminal = Terminal.open(settings.home, read_machine_secret())
    try:
        terminal.store.drop_holds()  # of visits that this program's last end cut short
        site = terminal.store.site()
        zone = ZoneInfo(site.zone) if site is not None else ZoneInfo("Europe/Paris")
        schedule = Schedule(terminal.rounds, settings.round_interval_s, zone=zone)
        texts = read_texts(settings.texts) if settings.texts else {}
        actions = Actions(terminal, _open_shelf(), soon=schedule.soon, now_ms=steady(terminal.now_ms), texts=texts)
        actions.end_calls_of_before()
        yield terminal, actions, schedule
    finally:
        terminal.close()


def steady(now_ms: Callable[[], int], elapsed_s: Callable[[], float] = time.monotonic) -> Callable[[], int]:
    """The same time, asked for at most once a second: between two questions the machine's own seconds are added.

    Corrected time is read from the encrypted database, and one screen asks for it a dozen times.
    """
    held = {"ms": 0, "at": float("-inf")}

    def now() -> int:
        at = elapsed_s()
        if at - held["at"] >= KEPT_S:
            held.update(ms=now_ms(), at=at)
        return int(held["ms"] + (at - held["at"]) * 1000)

    return now


def read_texts(path: Path) -> dict[str, str]:
    """What the operator says of itself in the privacy notice. Raises PointContactError."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise PointContactError(f"Le fichier {path} ne se lit pas : donnez un fichier JSON avec --texts.") from None
    if (
        not isinstance(said, dict)
        or not said.keys() <= TEXT_NAMES
        or not all(isinstance(x, str) for x in said.values())
    ):
        raise PointContactError(
            f"Le fichier {path} doit donner des textes pour ces noms seulement : {', '.join(sorted(TEXT_NAMES))}."
        )
    return dict(said)


def _open_shelf() -> Shelf:
    """The shipped content. Raises PointContactError when a file of it was altered or is missing."""
    try:
        return Shelf.open()
    except ContentError as error:
        raise PointContactError(str(error)) from error


def serve(
    settings: KioskSettings, *, on_ready: Callable[[str], None] = lambda url: None, printing: Printing | None = None
) -> None:
    """Serves the kiosk until SIGINT or SIGTERM. `on_ready` gets the address just before it answers.

    `printing` is where guided windows print; where it is not given, the terminal's own printer, if there is one.
    """
    with ExitStack() as stack:
        door = stack.enter_context(listen(settings.port))
        terminal, actions, schedule = stack.enter_context(opened(settings))
        url = settings.url_of("/" if VISITED in actions.functions else notice_board.PATH)
        printer = open_printer(settings)
        paper = VisitsPaper() if printer is not None and printing is None else None
        show = show_on(settings, actions, url, stack, paper or printing)
        if paper is not None:
            paper.screen = show.screen

        visits = Visits()

        def fresh() -> None:
            terminal.end_visit()
            show.renew()

        lifeline = Lifeline(lambda: len(visits) > 0, fresh)
        if settings.browser or settings.screen_socket is not None:  # else there is no Chromium to be renewed
            stack.enter_context(lifeline)

        def visit_ended() -> None:
            lifeline.expects()
            fresh()

        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="point-contact-web-")))
        counters = Counters(printer)
        stack.callback(counters.close)
        counters.begin()
        voice, web = open_voice(), folder / "web"
        app = application(settings, actions, web, visits, on_end=visit_ended, show=show, counters=counters, voice=voice)
        schedule.start()
        stack.callback(schedule.stop)
        schedule.soon()
        on_ready(url)
        threading.Thread(target=warm, args=(actions, voice), name="warm", daemon=True).start()
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, ws="websockets-sansio", timeout_graceful_shutdown=2,
            server_header=False, ws_per_message_deflate=False,  # on the loopback, packing costs more than it saves
        )  # fmt: skip
        server = uvicorn.Server(config)
        _end_on_signals(server)
        server.run(sockets=[door])


def _end_on_signals(server: uvicorn.Server) -> None:
    """uvicorn raises a caught signal once more after its end: it must not cut short what is still to be closed."""

    def end(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
