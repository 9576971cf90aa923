"""Writes docs/commands.md and docs/settings.md from the code, so that they cannot lie.

Usage: write_documents.py [--check]    (--check writes nothing, exit status 1 when a page is stale)
"""

from __future__ import annotations

import dataclasses
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from sync.command import SUMMARIES, root

DOCS = Path(__file__).resolve().parent.parent / "docs"
# Every settings class of both programs: module, class, where its values come from.
SETTINGS = (
    ("kiosk.settings", "KioskSettings", "The terminal (`point-contact terminal serve`)"),
    ("sync.hub.settings", "HubSettings", "The hub (`point-contact hub serve`)"),
    (
        "sync.hub.settings",
        "RetentionTerms",
        "How long the hub keeps (options of `point-contact hub serve`, used by `hub retention` too)",
    ),
)
# What the environment may say.
VARIABLES = (
    (
        "POINT_CONTACT_MACHINE_SECRET_FILE",
        "Terminal: file of the machine's secret, where no systemd credential gives it.",
    ),
    ("CREDENTIALS_DIRECTORY", "Terminal: set by systemd; holds the credential `point-contact-machine`."),
    ("POINT_CONTACT_SEEDS", "Tests: seeds of the simulation, `7`, `1,2` or `100-199`."),
)
EVERY_COMMAND = (
    "Every command answers `--help`, in French. Exit status: 0 done, 1 refused or failed with a sentence that says "
    "what to do, 2 wrong usage. `--json` prints one JSON object with stable keys."
)
WRITTEN = "Written by `make documents` from the code; do not edit.\n"


def walk(group: click.Group, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below a group, with the words that lead to it."""
    context = click.Context(group, info_name=words[-1])
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*words, name), command
        if isinstance(command, click.Group):
            yield from walk(command, (*words, name))


def commands_page(group: click.Group) -> str:
    """The page of every command, argument and option."""
    parts = [
        f"# Commands\n\n{WRITTEN}\n{EVERY_COMMAND}\n",
    ]
    for words, command in walk(group, ("point-contact",)):
        level = "##" if len(words) == 2 else "###"
        parts.append(f"{level} `{' '.join(words)}`\n\n{_about(words, command)}\n")
        rows = [row for parameter in command.params if (row := _parameter(parameter))]
        if rows:
            parts.append("| option | meaning |\n|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _about(words: tuple[str, ...], command: click.Command) -> str:
    text = command.help or (SUMMARIES.get(words[-1], "") if len(words) == 2 else "")
    return " ".join(text.split())


def _parameter(parameter: click.Parameter) -> str | None:
    """One row of the table; none for an option that the help hides."""
    if isinstance(parameter, click.Argument):
        name = (parameter.metavar or parameter.name or "").upper()
        return f"| `{name}` | {'obligatoire' if parameter.required else 'facultatif'} |"
    assert isinstance(parameter, click.Option)
    if parameter.hidden:
        return None
    about = " ".join((parameter.help or "").split())
    notes = [note for note in (_default(parameter), "obligatoire" if parameter.required else "") if note]
    if isinstance(parameter.type, click.Choice):
        notes.insert(0, ", ".join(f"`{choice}`" for choice in parameter.type.choices))
    told = f" ({'; '.join(notes)})" if notes else ""
    return f"| `{', '.join(parameter.opts)}` | {about}{told} |"


def _default(option: click.Option) -> str:
    default = option.default
    if not option.show_default or default is None or option.is_flag or callable(default):
        return ""
    shown = ", ".join(map(str, default)) if isinstance(default, tuple | list) else default
    return f"par défaut `{shown}`"


def settings_page() -> str:
    """The page of every setting, its unit and its default."""
    parts = [f"# Settings\n\n{WRITTEN}\nUnits are last in the names. Nothing else is read from the environment.\n"]
    for module, name, title in SETTINGS:
        settings = getattr(importlib.import_module(module), name)
        parts.append(
            f"## {title}\n\n| setting | default | meaning |\n|---|---|---|\n" + "\n".join(_rows(settings)) + "\n"
        )
    rows = "\n".join(f"| `{name}` | {about} |" for name, about in VARIABLES)
    parts.append(f"## Environment\n\n| variable | meaning |\n|---|---|\n{rows}\n")
    return "\n".join(parts)


def _rows(settings: Any) -> list[str]:
    """One row for each field; the meaning is read from the class's own documentation."""
    meanings = described(settings.__doc__ or "")
    rows = []
    for field in dataclasses.fields(settings):
        missing = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        default = "required" if missing else f"`{_value(field)}`"
        rows.append(f"| `{field.name}` | {default} | {meanings[field.name]} |")
    return rows


def _value(field: dataclasses.Field[Any]) -> object:
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default  # type: ignore[misc]


def described(text: str) -> dict[str, str]:
    """The ``name: meaning`` lines below ``Attributes:`` in a docstring, joined over several lines."""
    found: dict[str, str] = {}
    name = ""
    for line in text.partition("Attributes:")[2].splitlines():
        match = re.match(r"^\s{4,8}(\w+): (.*)$", line)
        if match:
            name = match[1]
            found[name] = match[2].strip()
        elif name and line.strip():
            found[name] += f" {line.strip()}"
    return {key: value.replace("|", "\\|").replace("``", "`") for key, value in found.items()}


def pages() -> dict[Path, str]:
    """Every page this writes, with its text."""
    return {DOCS / "commands.md": commands_page(root), DOCS / "settings.md": settings_page()}


def main() -> int:
    """Writes the pages, or says which ones are stale."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.name} is stale: run « make documents ».")
        return 1 if stale else 0
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
