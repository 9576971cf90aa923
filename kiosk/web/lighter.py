"""Makes Flet 1.0.5 do less for the same result: what it sends to the browser stays the same, byte for byte.

Measured on a tap from the home of a visit (about 150 new controls): two walks over *every declared* field of every new
and every removed control, nearly all at their default, took more than half of Python's time; and the text of the whole
screen was made for a debug line that nobody reads. Controls know which of their fields differ from the default
(`_values`); only those, and the few structural ones, can hold another control. Flet is pinned because of this module
and of `guard`.
"""

import dataclasses
import weakref
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from flet.controls.object_patch import DiffBuilder, ObjectPatchException
from flet.messaging.protocol import Message


def install() -> Callable[[], None]:
    """Replaces the two walks and the text of a message; returns what puts Flet's own back."""
    plain = (DiffBuilder._configure_dataclass, DiffBuilder._removed_controls, Message.__repr__)

    def put(configure: Any, removed: Any, words: Any) -> None:
        DiffBuilder._configure_dataclass = configure  # type: ignore[method-assign]
        DiffBuilder._removed_controls = removed  # type: ignore[method-assign]
        Message.__repr__ = words  # type: ignore[method-assign]

    put(_configure, _removed, _name)
    return lambda: put(*plain)


def _name(message: Message) -> str:
    return f"Message({message.action.name})"


@cache
def _places(kind: type) -> dict[str, int]:
    """The fields of a dataclass that Flet walks, with their rank."""
    walked = [field.name for field in dataclasses.fields(kind) if not field.metadata.get("skip", False)]
    return {name: rank for rank, name in enumerate(walked)}


def held(item: Any) -> list[Any]:
    """What the fields of a dataclass hold that can lead to a control, in the order of the fields."""
    kind = type(item)
    places = _places(kind)  # type: ignore[arg-type]
    values = getattr(item, "_values", None)
    if values is None:
        found = [getattr(item, name) for name in places]
    else:
        names = [name for name in (*values, *kind._structural_fields) if name in places]
        names.sort(key=places.__getitem__)
        found = [getattr(item, name) for name in names]
    return [value for value in found if isinstance(value, list | dict) or hasattr(value, "__dataclass_fields__")]


def _configure(self: Any, item: Any, parent: Any, frozen: bool, configure_setattr_only: bool = False) -> Iterator[Any]:
    """`DiffBuilder._configure_dataclass` of Flet 1.0.5, walking `held` instead of every field."""
    if isinstance(item, dict | list):
        for value in item.values() if isinstance(item, dict) else item:
            yield from _configure(self, value, parent, frozen)
        return
    if not hasattr(item, "__dataclass_fields__"):
        return
    parent, frozen = _adopted(self, item, parent, frozen)
    control = self.control_cls is not None and isinstance(item, self.control_cls)
    if control:
        if not configure_setattr_only:
            item.build()
            item._before_update_safe()
            object.__setattr__(item, "_initialized", True)
        yield item
    if not configure_setattr_only:
        for value in held(item):
            yield from _configure(self, value, item if control else parent, frozen)
    if not frozen:
        _settle(self, item, parent)


def _adopted(self: Any, item: Any, parent: Any, frozen: bool) -> tuple[Any, bool]:
    """Marks `item` as a child of `parent`; returns the parent and whether what is below is frozen."""
    if parent is None:
        reference = getattr(item, "_parent", None)
        parent = reference() if reference else None
    if parent:
        if parent is item:
            raise ObjectPatchException("a control is its own parent")
        item._parent = weakref.ref(parent)
    if hasattr(item, "_frozen"):
        frozen = item._frozen
    elif frozen:
        item._frozen = frozen
    if getattr(type(item), "__flet_control_cls__", None) is None:
        type(item).__flet_control_cls__ = self.control_cls
    return parent, frozen


_plain_configure = DiffBuilder._configure_dataclass


def _settle(self: Any, item: Any, parent: Any) -> None:
    """What Flet's own walk does last to an object that is not frozen: the walk itself, told not to descend."""
    for _ in _plain_configure(self, item, parent, False, True):
        pass


def _removed(self: Any, item: Any, recurse: bool) -> Iterator[Any]:
    """`DiffBuilder._removed_controls` of Flet 1.0.5, walking `held` instead of every field."""
    if isinstance(item, dict | list):
        for value in item.values() if isinstance(item, dict) else item:
            yield from _removed(self, value, recurse)
    elif self.control_cls is not None and isinstance(item, self.control_cls):
        if hasattr(item, "__prev_lists"):
            for kept in ("__prev_lists", "__prev_dicts", "__prev_classes"):
                for value in getattr(item, kept, {}).values():
                    yield from _removed(self, value, recurse)
        elif recurse:
            for value in held(item):
                yield from _removed(self, value, recurse)
        yield item
