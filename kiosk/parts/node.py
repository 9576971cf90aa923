"""What a screen reader is told of a thing: one node that has its name, its role and its state, and takes the focus."""

import flet as ft


def node(
    content: ft.Control, *, label: str | None = None, checked: bool | None = None, selected: bool | None = None,
    expand: bool | int | None = None,
) -> ft.Control:  # fmt: skip
    """`content`, a button or a field, with its state or its label.

    A `Semantics` alone makes a node *around* the button: who comes to the button by keyboard would hear its name and
    not that it is ticked, and a field would have no name. `checked` makes it a check box, `selected` the present one of
    several. What cannot be touched is told as such: a `Semantics` is enabled on its own account.
    """
    button = content.content if isinstance(content, ft.Container) else content
    named = ft.Semantics(
        content=content, label=label, checked=checked, selected=selected,
        disabled=isinstance(button, ft.Button) and bool(button.disabled),
    )  # fmt: skip
    return ft.MergeSemantics(named, expand=expand)
