"""Makes Flet 1.0.5 do less for the same result: what it sends to the browser stays the same, byte for byte.

Measured on a tap from the home of a visit (about 150 new controls): two walks over *every declared* field of every new
and every removed control, nearly all at their default, took more than half of Python's time; the text of the whole
screen was made for a debug line that nobody reads; the type of an event was found anew, from the text of annotations,
for every event; and a new control had each of its sixty fields set to the default that it has anyhow. Controls know
which of their fields differ from the default (`_values`); only those, and the few structural ones, can hold another
control. Flet is pinned because of this module and of `guard`.
"""

import dataclasses
import weakref
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import flet as ft
from flet.controls import base_control
from flet.controls.control_event import get_event_field_type
from flet.controls.object_patch import DiffBuilder, ObjectPatchException
from flet.messaging.protocol import Message

MADE_LIGHTER = (ft.Text, ft.Container, ft.Row, ft.Column, ft.Semantics, ft.Stack)
"""The controls that a screen has dozens of; without required fields, and with no other initial argument than `ref`."""


def install() -> Callable[[], None]:
    """Replaces the two walks, the text of a message and the type of an event; returns what puts Flet's own back."""
    plain = (DiffBuilder._configure_dataclass, DiffBuilder._removed_controls, Message.__repr__, get_event_field_type)

    def put(configure: Any, removed: Any, words: Any, event_type: Any) -> None:
        DiffBuilder._configure_dataclass = configure  # type: ignore[method-assign]
        DiffBuilder._removed_controls = removed  # type: ignore[method-assign]
        Message.__repr__ = words  # type: ignore[method-assign]
        base_control.get_event_field_type = event_type  # type: ignore[attr-defined]

    makers = {kind: kind.__init__ for kind in MADE_LIGHTER}
    for kind in MADE_LIGHTER:
        kind.__init__ = _maker(kind)  # type: ignore[method-assign]
    put(_configure, _removed, _name, _event_type)

    def restore() -> None:
        put(*plain)
        for kind, maker in makers.items():
            kind.__init__ = maker  # type: ignore[method-assign]

    return restore


def _maker(kind: Any) -> Callable[..., None]:
    """An `__init__` like the one of the dataclass `kind`, which sets only the fields that are given or have a factory.

    The descriptor of the others answers their default without being set (`Prop`). Fields are set in their own order,
    as the dataclass does, so that a message stays the same.
    """
    plain = kind.__init__
    shown = [field for field in dataclasses.fields(kind) if field.init]
    names = list(kind.__match_args__)
    made = [
        (field.name, field.default_factory)
        for field in dataclasses.fields(kind)
        if field.default_factory is not dataclasses.MISSING
    ]
    bare = {field.name: field.default for field in shown if field.name not in kind._prop_defaults}
    bare = {name: default for name, default in bare.items() if default is not dataclasses.MISSING}
    rank = {field.name: place for place, field in enumerate(shown)}

    def make(self: Any, *args: Any, **given: Any) -> None:
        given.update(zip(names, args, strict=False))
        ref = given.pop("ref", None)
        if not given.keys() <= rank.keys():
            plain(self, **given, ref=ref)  # says which name is wrong
            return
        for name, factory in made:
            if name not in given:
                object.__setattr__(self, name, factory())
        for name in bare.keys() - given.keys():
            setattr(self, name, bare[name])
        for name in sorted(given, key=rank.__getitem__):
            setattr(self, name, given[name])
        self.__post_init__(ref)

    return make


_event_types: dict[tuple[type, str], Any] = {}


def _event_type(control: Any, field_name: str) -> Any:
    """`get_event_field_type` of Flet 1.0.5, asked once for each kind of control and event."""
    key = (type(control), field_name)
    if key not in _event_types:
        _event_types[key] = get_event_field_type(control, field_name)
    return _event_types[key]


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
