"""`point-contact terminal`: enrol this machine, serve the kiosk, run a round now, say how it stands."""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import click

from kiosk.overwriting import overwrite_freed
from kiosk.settings import DEFAULT_PORT, FORMATS, KioskSettings
from sync.errors import PointContactError
from sync.replica.command_journal import journal
from sync.replica.command_parked import json_option, parked
from sync.replica.command_stick import export, import_

DEFAULTS = KioskSettings(home=Path())

home_option = click.option(
    "--home",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DOSSIER",
    help="Dossier de la borne.",
)


class SentenceGroup(click.Group):
    """A group whose refusals are one sentence on stderr and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the chosen command."""
        try:
            return super().invoke(ctx)
        except PointContactError as error:
            click.echo(error.message, err=True)
            return ctx.exit(1)


@click.group(cls=SentenceGroup, help="La borne : rattachement, service, synchronisation, état.")
def terminal() -> None:
    """The terminal's commands. Files they make are readable by their owner only."""
    os.umask(0o077)


@terminal.command(help="Rattacher cette machine à un hub, avec le code à usage unique qu’il a donné.")
@home_option
@click.option(
    "--hub", "hub_url", required=True, metavar="URL", help="Adresse du hub, par exemple https://hub.exemple.fr."
)
@click.option("--code", required=True, metavar="CODE", help="Code à usage unique, donné par « hub terminal invite ».")
@click.option(
    "--demo",
    "--allow-demonstration",
    "demo",
    is_flag=True,
    help="Accepter un hub de démonstration ; une vraie borne le refuse.",
)
def enrol(home: Path, hub_url: str, code: str, demo: bool) -> None:
    """Enrols this machine."""
    from sync.replica.identity import enrol as enrol_at_hub  # noqa: PLC0415 - the help needs no database
    from sync.replica.machine import read_machine_secret  # noqa: PLC0415

    identity = enrol_at_hub(home, hub_url, code, read_machine_secret(), allow_demonstration=demo)
    click.echo(f"Borne rattachée au site {identity.site_id}. Lancez maintenant « point-contact terminal serve ».")


@terminal.command(help="Servir l’écran de la borne sur cette machine, jusqu’à Ctrl-C ou l’ordre d’arrêt du système.")
@home_option
@click.option(
    "--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(1, 65535), help="Port sur 127.0.0.1."
)
@click.option("--browser", is_flag=True, help="Ouvrir Chromium en plein écran et le surveiller.")
@click.option("--chromium", default=DEFAULTS.chromium, show_default=True, metavar="FICHIER", help="Programme Chromium.")
@click.option(
    "--screen-inches",
    default=DEFAULTS.diagonal_in,
    show_default=True,
    type=click.FloatRange(7, 100),
    help="Diagonale de l’écran en pouces : elle donne la taille réelle des touches.",
)
@click.option(
    "--quiet-s",
    default=DEFAULTS.quiet_s,
    show_default=True,
    type=click.IntRange(10, 3600),
    help="Secondes sans geste avant la question « Êtes-vous toujours là ? ».",
)
@click.option(
    "--warning-s",
    default=DEFAULTS.warning_s,
    show_default=True,
    type=click.IntRange(5, 600),
    help="Secondes pour y répondre ; ensuite tout est effacé.",
)
@click.option(
    "--round-interval-s",
    default=DEFAULTS.round_interval_s,
    show_default=True,
    type=click.IntRange(5, 86_400),
    help="Secondes entre deux synchronisations, tant que le hub ne demande pas autre chose.",
)
@click.option(
    "--screen-socket",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FICHIER",
    help="Point de rencontre avec « terminal screen », qui montre l’écran sous un autre compte de la machine.",
)
@click.option("--window", is_flag=True, help="Ouvrir la fenêtre guidée (internet) même sans --browser.")
@click.option(
    "--window-quiet-s",
    default=DEFAULTS.window_quiet_s,
    show_default=True,
    type=click.IntRange(5, 3600),
    help="Fenêtre guidée : secondes sans geste avant la question « Êtes-vous toujours là ? ».",
)
@click.option(
    "--window-warning-s",
    default=DEFAULTS.window_warning_s,
    show_default=True,
    type=click.IntRange(5, 600),
    help="Fenêtre guidée : secondes pour y répondre ; ensuite elle se ferme et la visite finit.",
)
@click.option(
    "--window-keyboard/--no-window-keyboard",
    default=True,
    show_default=True,
    help="Fenêtre guidée : clavier sur l’écran ; sans lui, la borne a un clavier.",
)
@click.option(
    "--texts",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FICHIER",
    help="Fichier JSON de ce que l’exploitant dit de lui dans la note de confidentialité.",
)
@click.option(
    "--printer",
    metavar="FILE",
    help="File d’impression CUPS des papiers à emporter (voir « lpstat -p »). Sans elle, rien ne propose d’imprimer.",
)
@click.option(
    "--print-folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DOSSIER",
    help="Au lieu d’une imprimante : dossier où chaque papier est un PDF, retiré à la fin de la visite.",
)
@click.option(
    "--paper",
    type=click.Choice(FORMATS),
    help="Papier de l’imprimante : rouleau de 80 mm ou feuille A4. Sans cette option, ce que la file annonce.",
)
def serve(
    home: Path, port: int, browser: bool, chromium: str, screen_inches: float, quiet_s: int, warning_s: int,
    round_interval_s: int, texts: Path | None, screen_socket: Path | None, window: bool, window_quiet_s: int,
    window_warning_s: int, window_keyboard: bool, printer: str | None, print_folder: Path | None, paper: str | None,
) -> None:  # fmt: skip
    """Serves the kiosk."""
    if browser and screen_socket is not None:
        raise click.UsageError("--browser et --screen-socket ne vont pas ensemble : choisissez l’un des deux.")
    if printer and print_folder:
        raise click.UsageError("Donnez --printer ou --print-folder, pas les deux.")
    if paper and not (printer or print_folder):
        raise click.UsageError("--paper demande aussi --printer ou --print-folder.")
    overwrite_freed()
    from kiosk.app import serve as serve_kiosk  # noqa: PLC0415 - only this command needs Flet

    settings = KioskSettings(
        home=home, port=port, browser=browser, chromium=chromium, diagonal_in=screen_inches, quiet_s=quiet_s,
            warning_s=warning_s, round_interval_s=round_interval_s, texts=texts, screen_socket=screen_socket,
            window=window, window_quiet_s=window_quiet_s, window_warning_s=window_warning_s,
            window_keyboard=window_keyboard, printer=printer, print_folder=print_folder, paper=paper,
    )  # fmt: skip
    serve_kiosk(settings, on_ready=lambda url: click.echo(f"La borne est prête : {url}"))


@terminal.command(
    help="Montrer la borne sur cet écran, sous un compte à part, comme « terminal serve --screen-socket » le demande."
)
@click.option(
    "--socket",
    "path",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FICHIER",
    help="Le même que --screen-socket.",
)
@click.option(
    "--url", default=DEFAULTS.url, show_default=True, metavar="URL", help="Page de la borne sur cette machine."
)
@click.option("--chromium", default=DEFAULTS.chromium, show_default=True, metavar="FICHIER", help="Programme Chromium.")
@click.option(
    "--chromium-flag", "more", multiple=True, metavar="OPTION", help="Option de Chromium de plus (peut se répéter)."
)
@click.option(
    "--window-keyboard/--no-window-keyboard",
    default=True,
    show_default=True,
    help="Fenêtre guidée : clavier sur l’écran ; sans lui, la borne a un clavier.",
)
def screen(path: Path, url: str, chromium: str, more: tuple[str, ...], window_keyboard: bool) -> None:
    """Shows the kiosk until the system ends it."""
    from kiosk.screen_user import show  # noqa: PLC0415 - the help needs no browser

    show(path, url, chromium, more, keyboard=window_keyboard)


@terminal.command(help="Synchroniser maintenant avec le hub.")
@home_option
@json_option
def sync(home: Path, as_json: bool) -> None:
    """Runs one round; on a slow line it may take minutes, so that it shows how far it is."""
    from sync.replica.command_progress import Shown  # noqa: PLC0415

    with _opened(home) as opened, contextlib.ExitStack() as stack:
        if not as_json:
            opened.rounds.on_moved = stack.enter_context(Shown(opened.rounds.ahead()))
        report = opened.rounds.run()
    if as_json:
        fields = ("ok", "code", "message", "pushed", "pulled", "waiting")
        click.echo(json.dumps({name: getattr(report, name) for name in fields}, ensure_ascii=False))
    elif report.ok:
        click.echo(f"Synchronisé. Envoyés : {report.pushed}. Reçus : {report.pulled}. En attente : {report.waiting}.")
    if not report.ok:
        if not as_json:
            click.echo(report.message, err=True)
        raise click.exceptions.Exit(1)


@terminal.command(help="Dire où en est la borne : réseau, envois en attente, horloge, dernier refus.")
@home_option
@json_option
def status(home: Path, as_json: bool) -> None:
    """Prints the status."""
    with _opened(home) as opened:
        found = opened.status()
    if as_json:
        click.echo(json.dumps(found.to_json(), ensure_ascii=False))
        return
    network = {True: "en ligne", False: "hors réseau", None: "pas encore vérifié"}[found.online]
    click.echo(f"Site : {found.site_id}. Borne : {found.terminal_id}.")
    click.echo(f"Réseau : {network}. En attente d’envoi : {found.waiting}. Refusés : {found.parked}.")
    click.echo(
        "Horloge : sûre." if found.clock_trusted else "Horloge : à vérifier, une synchronisation la remet à l’heure."
    )
    if found.restored_message:
        click.echo(found.restored_message)
    if found.unsent_soon:
        click.echo(
            f"Rendez-vous proches que le hub ignore peut-être : {found.unsent_soon}. "
            "Reliez la borne au réseau, ou dictez les références par téléphone."
        )
    if found.to_do:
        click.echo(f"Fiches non parties depuis plus de dix jours : {found.to_do}. Reliez la borne au réseau.")
    if found.last_refusal_message:
        click.echo(f"Dernier refus : {found.last_refusal_message}")


terminal.add_command(export)
terminal.add_command(import_)
terminal.add_command(journal)
terminal.add_command(parked)


def _opened(home: Path) -> Any:
    from contextlib import closing  # noqa: PLC0415

    from sync.replica.machine import read_machine_secret  # noqa: PLC0415 - the help needs no database
    from sync.replica.terminal import Terminal  # noqa: PLC0415

    return closing(Terminal.open(home, read_machine_secret()))
