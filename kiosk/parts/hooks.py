"""Hooks of our components: following the visit, keeping an object, and the boundary around what may fail."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import flet as ft

from kiosk.visit import Visit

Kept = TypeVar("Kept")
Component = TypeVar("Component", bound=Callable[..., ft.Control])


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
