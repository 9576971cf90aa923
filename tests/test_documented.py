"""Every command, option and setting is documented, and the pages say what the code does."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import click
import pytest

from sync.command import root

ROOT = Path(__file__).resolve().parent.parent


def load_writer() -> ModuleType:
    """The script that writes the pages; ``packaging`` is no package, so it is loaded by its path."""
    specification = importlib.util.spec_from_file_location("write_documents", ROOT / "packaging" / "write_documents.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


WRITER = load_writer()
COMMANDS = list(WRITER.walk(root, ("point-contact",)))


def test_the_pages_are_what_the_code_says() -> None:
    for path, text in WRITER.pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: run « make documents »"


@pytest.mark.parametrize(("words", "command"), COMMANDS, ids=[" ".join(words) for words, _ in COMMANDS])
def test_a_command_says_what_it_does_and_so_does_each_option(words: tuple[str, ...], command: click.Command) -> None:
    assert (command.help or "").strip(), words
    silent = [
        option.opts for option in command.params if isinstance(option, click.Option) and not (option.help or "").strip()
    ]
    assert silent == []


def test_every_command_and_option_is_on_the_page() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for words, command in COMMANDS:
        assert f"`{' '.join(words)}`" in page
        section = page.partition(f"`{' '.join(words)}`")[2].partition("\n##")[0]
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert parameter.opts[0] in section, (words, parameter.opts)


def test_every_setting_is_on_the_page_with_its_meaning() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for module, name, _ in WRITER.SETTINGS:
        settings = getattr(importlib.import_module(module), name)
        meanings = WRITER.described(settings.__doc__ or "")
        for field in dataclasses.fields(settings):
            assert f"| `{field.name}` |" in page
            assert meanings.get(field.name), f"{name}.{field.name} has no meaning below « Attributes: »"


def test_a_new_option_makes_the_page_stale() -> None:
    """The check can fail: a command that is not in the code changes the page."""

    @click.command(help="Une commande de plus.")
    @click.option("--planted", help="Une option de plus.")
    def planted(planted: str) -> None:
        """Does nothing."""

    group = click.Group("point-contact", commands={"planted": planted})
    text = WRITER.commands_page(group)
    assert "`point-contact planted`" in text
    assert "`--planted`" in text


def test_a_source_that_the_code_names_is_told() -> None:
    """By a heading of ``docs/sources.md``."""
    told = set(re.findall(r"^## (\w+)$", (ROOT / "docs" / "sources.md").read_text(encoding="utf-8"), re.MULTILINE))
    named: set[str] = set()
    for folder in ("kiosk", "sync", "content", "tests", "docs"):
        for path in (*(ROOT / folder).rglob("*.py"), *(ROOT / folder).rglob("*.md")):
            named.update(re.findall(r"docs/sources\.md(?:, | \()(\w+)", path.read_text(encoding="utf-8")))
    assert named <= told
    assert told <= named, "a rule that nothing follows"
