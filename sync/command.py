"""The root command ``point-contact``: it reads the entry points and imports only the chosen room.

So ``point-contact hub`` never imports Flet, and ``point-contact terminal`` never imports the hub.
Here is also the outermost boundary: every ``PointContactError`` becomes one sentence and exit status 1.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points, version
from typing import Any

import click

from sync import usage
from sync.errors import PointContactError

# Before the first command is declared: its help option takes its words now.
usage.speak_french()

GROUP = "point_contact.commands"
INTERRUPTED = 130


class Rooms(click.Group):
    """A group whose commands are the entry points of ``GROUP``, each imported only when chosen."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the installed rooms, in alphabetical order."""
        return sorted(point.name for point in entry_points(group=GROUP))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports and returns one room. Raises PointContactError when its extra is not installed."""
        for point in entry_points(group=GROUP, name=cmd_name):
            return _load(point)
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the rooms without importing any of them: one missing extra must not break the help."""
        with formatter.section("Commandes"):
            formatter.write_dl([(name, SUMMARIES.get(name, "")) for name in self.list_commands(ctx)])


SUMMARIES = {
    "bench": "Mesurer la borne et la comparer à un plancher, sur cette machine.",
    "content": "Vérifier et construire les contenus.",
    "demo": "Lancer une démonstration complète sur cette machine.",
    "hub": "Le hub : comptes, bornes, créneaux, événements, inscriptions, sauvegardes.",
    "terminal": "La borne : rattachement, service, synchronisation, état.",
}


def _load(point: EntryPoint) -> click.Command:
    """Imports a room; says which part is missing when one of its libraries is not installed."""
    try:
        command = point.load()
    except ModuleNotFoundError as error:
        raise PointContactError(
            f"La commande « {point.name} » n’est pas utilisable ici : le module « {error.name} » manque. "
            "Installez la partie correspondante (docs/install-terminal.md ou docs/install-hub.md)."
        ) from error
    assert isinstance(command, click.Command), point.name
    return command


@click.group(
    cls=Rooms,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help="Point Contact : la borne et le hub, en lignes de commande.",
    subcommand_metavar="COMMANDE [OPTIONS]…",
)
@click.version_option(version("point-contact"), prog_name="point-contact", message="%(prog)s %(version)s")
def root() -> None:
    """The root group; every room brings its own sub-commands."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and exits: 0 done, 1 refused with a sentence, 2 wrong usage, 130 Ctrl-C."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit status; ``None`` reads the process's arguments."""
    try:
        result: Any = root.main(args=arguments, prog_name="point-contact", standalone_mode=False)
    except click.exceptions.Abort:
        return INTERRUPTED
    except KeyboardInterrupt:
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except PointContactError as error:
        click.echo(error.message, err=True)
        return 1
    except BrokenPipeError:
        # The reader of our output has gone (a pager was closed): nothing more can be said to it.
        sys.stderr.close()
        return 1
    return result if isinstance(result, int) else 0
