"""Hooks of our components: following the visit, keeping an object, and the boundary around what may fail."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import flet as ft

from kiosk.visit import Visit

Kept = TypeVar("Kept")
Component = TypeVar("Component", bound=Callable[..., ft.Control])
CALM_S = 0.3
"""How long something may take before the screen says « Un instant… »."""


def use_kept(make: Callable[[], Kept]) -> Kept:
    """A hook: the object made by `make` at the first drawing, the same one at every later drawing."""
    state: tuple[Any, Any] = ft.use_state(cast(Any, make))
    return cast(Kept, state[0])


def use_topics(visit: Visit, *topics: str) -> None:
    """A hook: the calling component, alone, is drawn again when one of `topics` of the visit changes."""
    _, redraw = ft.use_state(0)

    def follow() -> Callable[[], None]:
        stops = [visit.watch(topic, lambda: redraw(lambda n: n + 1)) for topic in topics]

        def end() -> None:
            for stop in stops:
                stop()

        return end

    ft.use_effect(follow, dependencies=[])


def use_value(make: Callable[[], Kept]) -> tuple[Kept, Callable[[Kept], None]]:
    """A hook: a value, first made by `make`, and what sets it and draws the calling component again."""
    state: tuple[Any, Any] = ft.use_state(cast(Any, make))
    return cast(Kept, state[0]), cast(Callable[[Kept], None], state[1])


def still(component: Component) -> Component:
    """The component, drawn again only when its arguments differ or a topic it follows tells: `still(Dock)(…)`."""
    return cast(Component, ft.memo(component))  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Slowly:
    """What runs beside the thread of the screens, which must go on drawing for everybody.

    Attributes:
        waiting: true once it lasts: the screen then says « Un instant… ».
        busy: true from the touch on: no other touch may change what is being worked on.
        do: ``do(act, then, gone)`` runs ``act`` elsewhere, then calls ``then`` with its result; ``gone`` instead, when
            the person has left meanwhile.
    """

    waiting: bool
    busy: Callable[[], bool]
    do: Callable[[Callable[[], Any], Callable[[Any], None], Callable[[], None]], Awaitable[None]]


def _not_running() -> dict[str, bool]:
    return {"on": False}


def use_slowly(visit: Visit) -> Slowly:
    """A hook: runs one thing at a time that may ask the hub, and tells when it lasts."""
    waiting, show = use_value(lambda: False)
    running = use_kept(_not_running)

    async def do(act: Callable[[], Any], then: Callable[[Any], None], gone: Callable[[], None]) -> None:
        if running["on"]:
            return
        running["on"], place = True, visit.place
        task = asyncio.ensure_future(asyncio.to_thread(act))
        lasts = False
        try:
            lasts = not (await asyncio.wait({task}, timeout=CALM_S))[0]
            if lasts and not visit.over:
                show(True)
            await asyncio.wait({task})
        finally:
            running["on"] = False
        if visit.over or visit.place != place:
            task.exception()  # a wiped visit has no drafts: nobody is left to be told
            gone()
            return
        if lasts:
            show(False)
        then(task.result())

    return Slowly(waiting, lambda: running["on"], do)
