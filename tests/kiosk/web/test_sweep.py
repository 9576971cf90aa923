"""After a visit its session goes at once, and the collector runs when nobody is in the middle of another."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import pytest
from flet.controls.context import _context_page
from flet_web.fastapi.flet_app_manager import FletAppManager, app_manager

from kiosk.app import new_visit
from kiosk.entry import Entry
from kiosk.parts.field import field
from kiosk.screens.stage import Stage
from kiosk.visit import Visit
from kiosk.web.host import Visits, page_main
from kiosk.web.sweep import PATIENCE, Sweeper, drop_session, forget_late_pages
from tests.kiosk.flet_harness import Kiosk

PAUSE_S = 0.005


def on_a_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Runs a test on an event loop of its own."""

    @wraps(test)
    def run(**given: Any) -> None:
        asyncio.run(test(**given))

    return run


async def until(true: Callable[[], bool]) -> None:
    for _ in range(400):
        if true():
            return
        await asyncio.sleep(PAUSE_S)
    raise AssertionError("never came true")


@on_a_loop
async def test_the_collector_waits_while_a_visit_is_in_progress() -> None:
    busy, runs = [True], [0]

    def collect() -> None:
        runs[0] += 1

    sweeper = Sweeper(lambda: busy[0], collect=collect, pause_s=PAUSE_S)
    sweeper.soon()
    sweeper.soon()
    await asyncio.sleep(10 * PAUSE_S)
    assert runs == [0]
    busy[0] = False
    await until(lambda: runs == [1])
    await asyncio.sleep(5 * PAUSE_S)
    assert runs == [1], "once for both"
    sweeper.soon()
    await until(lambda: runs == [2])


@on_a_loop
async def test_the_collector_does_not_wait_for_ever() -> None:
    runs = []
    Sweeper(lambda: True, collect=lambda: runs.append(1), pause_s=0.0001).soon()
    await until(lambda: runs == [1])
    assert PATIENCE == 60


@on_a_loop
async def test_a_session_is_dropped_at_once_and_only_its_own() -> None:
    async with Kiosk(Stage, Visit(), None) as one, Kiosk(Stage, Visit(), None) as other:
        await app_manager.add_session("a", one.session)
        await app_manager.add_session("b", other.session)
        await drop_session(one.session)
        assert await app_manager.get_session("a") is None
        assert await app_manager.get_session("b") is other.session
        await app_manager.delete_session("b")


@pytest.mark.parametrize("over", [True, False])
@on_a_loop
async def test_a_page_that_leaves_keeps_its_session_only_while_its_visit_goes_on(over: bool) -> None:
    visits, pages = Visits(), []

    def make(page: Any) -> Visit:
        pages.append(page)
        return new_visit(page, diagonal_in=32)

    async with Kiosk(Stage, Visit(), None) as kiosk:
        _context_page.set(kiosk.page)
        page_main(Stage, None, visits, make, lambda visit: None)(kiosk.page)
        await app_manager.add_session("page", kiosk.session)
        visit = visits.get(kiosk.session.id)
        assert visit is not None
        if over:
            visit.wipe()
        await kiosk.session.disconnect(15)
        await kiosk.settle()
        assert (await app_manager.get_session("page") is None) is over
        assert len(visits) == (0 if over else 1)
        await drop_session(kiosk.session)
        await kiosk.settle()


@on_a_loop
async def test_the_text_of_a_field_is_dropped_with_the_visit() -> None:
    visit, entry = Visit(), Entry("name", "Éloïse")
    async with Kiosk(field, visit, entry, "Prénom") as kiosk:
        await kiosk.settle()
        visit.wipe()
        assert entry.value == ""


@on_a_loop
async def test_nothing_holds_a_field_once_its_page_is_gone() -> None:
    visit, entry = Visit(), Entry("name", "Éloïse")
    held = weakref.ref(entry)
    async with Kiosk(field, visit, entry, "Prénom") as kiosk:
        await kiosk.type("Éloïse-Marie")
        visit.wipe()
    del kiosk, entry
    _context_page.set(None)
    gc.collect()
    assert held() is None


@on_a_loop
async def test_a_page_that_never_comes_back_is_given_up_and_kept_nowhere() -> None:
    forget_late_pages(PAUSE_S)
    manager = FletAppManager()

    class Late:
        expires_at = datetime.now(UTC)

        def close(self) -> None:
            """Nothing to close."""

    late = Late()
    kept = weakref.ref(late)
    await manager.add_session("late", late)  # type: ignore[arg-type]
    del late
    await manager.start()
    await until(lambda: kept() is None)
    await manager.shutdown()
