"""``hub keys``, ``hub backup`` and ``hub restore``: what a hub must never lose."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import structs

from sync.clock import utc_text
from sync.errors import InvalidInput
from sync.hub import accounts
from sync.hub.backup import make_backup
from sync.hub.backup import restore as restore_backup
from sync.hub.command_options import (
    FILE,
    home_option,
    hub_lock,
    json_option,
    load_keys,
    now_ms,
    open_hub,
    options,
    print_json,
    read_file,
    who_option,
)
from sync.hub.database import HubDatabase
from sync.hub.french_time import PARIS, short
from sync.hub.key_backup import check_key_backup, restore_keys, write_key_backup
from sync.hub.keys import SEALING_OVERLAP_DAYS, HubKeys, root_key_path, rotate_sealing
from sync.seal import SUITE_HYBRID, SUITE_X25519
from sync.wire import SealingDocument

HOLDERS_WANTED = 2
SUITE_NAMES = {"hybride": SUITE_HYBRID, "x25519": SUITE_X25519}

passphrase_option = click.option(
    "--passphrase-file",
    type=FILE,
    metavar="FICHIER",
    help="Fichier de la phrase secrète ; sinon, elle est demandée.",
)


@click.group(
    short_help="Les clés du hub.", help="Les clés du hub : création, changement, sauvegarde chez deux personnes."
)
def keys() -> None:
    """The keys."""


@keys.command("init", help="Créer les clés d’un nouveau hub.")
@options(
    home_option,
    click.option("--demonstration", is_flag=True, help="Clés de démonstration, refusées par toute vraie borne."),
    who_option,
)
def keys_init(home: Path, demonstration: bool, who: str) -> None:
    """Makes the keys."""
    with open_hub(home, create=True) as database:
        _require_if_any(database, who)
        made = HubKeys.create(home, now_ms=now_ms(), demonstration=demonstration)
        load_keys(home, database)
        _note(database, who, "keys.init", made.sealing.key_id)
    click.echo(f"Clés créées dans {home / 'keys'}.")
    if not demonstration:
        click.echo("Faites deux sauvegardes avec « hub keys backup », chacune chez une personne différente.")
        click.echo(f"Puis mettez {root_key_path(home).parent} à l’abri, sur un support hors de cette machine.")


@keys.command("rotate", help="Créer une nouvelle clé de scellement ; l’ancienne continue d’ouvrir ce qui a été scellé.")
@options(
    home_option,
    click.option(
        "--suite", default="hybride", show_default=True, type=click.Choice(list(SUITE_NAMES)),
        help="« hybride » résiste aussi aux ordinateurs quantiques ; « x25519 » pèse 1 ko de moins par préparation.",
    ),
    click.option("--root", "root_key", type=FILE, metavar="FICHIER", help="Clé racine, rapportée de son support."),
    click.option(
        "--overlap-days", default=SEALING_OVERLAP_DAYS, show_default=True, type=click.IntRange(1, 400), metavar="JOURS",
        help="Jours pendant lesquels les bornes sans réseau peuvent encore sceller avec l’ancienne.",
    ),
    who_option,
)  # fmt: skip
def keys_rotate(home: Path, suite: str, root_key: Path | None, overlap_days: int, who: str) -> None:
    """Rotates the sealing key."""
    with open_hub(home) as database:
        load_keys(home, database)
        with database.read() as connection:
            accounts.require(connection, who, accounts.ADMINISTRATION)
        rotated = rotate_sealing(
            home, now_ms=now_ms(), root_key=root_key, overlap_days=overlap_days, suite=SUITE_NAMES[suite]
        )
        _note(database, who, "keys.rotate", rotated.sealing.key_id)
    click.echo(f"Nouvelle clé de scellement {rotated.sealing.key_id}. Redémarrez le hub, qui la donnera aux bornes.")
    click.echo("Refaites les deux sauvegardes des clés : les anciennes ne la contiennent pas.")


@keys.command("show", help="Voir les clés de scellement et leurs dates ; aucun secret.")
@options(home_option, json_option)
def keys_show(home: Path, as_json: bool) -> None:
    """Shows the public facts about the keys."""
    held = HubKeys.load(home)
    if as_json:
        print_json({
            "demonstration": held.demonstration, "root_here": root_key_path(home).exists(),
            "sealing": [_shown(document) for document in held.documents],
        })  # fmt: skip
        return
    for document in held.documents:
        until = short(utc_text(document.valid_to_ms), PARIS)
        current = "  (donnée aux bornes)" if document == held.sealing else ""
        click.echo(f"{document.key_id}  jusqu’au {until}{current}")
    if root_key_path(home).exists() and not held.demonstration:
        click.echo("La clé racine est encore sur cette machine : mettez-la à l’abri.")


@keys.command("backup", help="Sauvegarder toutes les clés, chiffrées pour une personne nommée.")
@options(
    home_option,
    click.option("--holder", required=True, metavar="NOM", help="Personne qui garde ce fichier et sa phrase secrète."),
    click.option("--out", required=True, type=FILE, metavar="FICHIER", help="Fichier à écrire, sur un support à part."),
    passphrase_option,
    who_option,
)
def keys_backup(home: Path, holder: str, out: Path, passphrase_file: Path | None, who: str) -> None:
    """Backs the keys up for one holder; says how many holders have the present keys."""
    with open_hub(home) as database:
        current = load_keys(home, database).sealing.key_id
        with database.read() as connection:
            accounts.require(connection, who, accounts.ADMINISTRATION)
        phrase = _passphrase(passphrase_file, confirm=True)
        with_root = write_key_backup(home, out, holder=holder, passphrase=phrase, now_ms=now_ms())
        _note(database, who, "keys.backup", holder, current)
        holders = _holders(database, current)
    click.echo(f"Clés sauvegardées et relues pour {holder}. Ce fichier et sa phrase secrète ne voyagent pas ensemble.")
    if not with_root:
        click.echo("La clé racine n’y est pas : elle est déjà à l’abri.")
    if len(holders) < HOLDERS_WANTED:
        click.echo("Il faut deux dépositaires : faites-en une autre pour une seconde personne.")


@keys.command("restore", help="Remettre les clés d’une sauvegarde, ou la vérifier avec « --check ».")
@click.argument("file", metavar="FICHIER", type=FILE)
@options(
    home_option,
    passphrase_option,
    click.option(
        "--check",
        is_flag=True,
        help="Vérifier que ce fichier contient les clés actuelles, sans rien écrire.",
    ),
    who_option,
)
def keys_restore(file: Path, home: Path, passphrase_file: Path | None, check: bool, who: str) -> None:
    """Restores or checks the keys of a holder's file."""
    read_file(file)
    with open_hub(home, create=not check) as database:
        _require_if_any(database, who)
        phrase = _passphrase(passphrase_file, confirm=False)
        if check:
            check_key_backup(home, file, phrase)
            _note(database, who, "keys.check", file.name)
            click.echo("Cette sauvegarde s’ouvre et contient toutes les clés actuelles.")
            return
        restored = restore_keys(home, file, phrase)
        load_keys(home, database)
        _note(database, who, "keys.restore", restored.sealing.key_id)
    click.echo("Clés remises en place et vérifiées. Restaurez la base avec « hub restore », puis démarrez le hub.")


@click.command(
    short_help="Sauvegarder la base.",
    help="Sauvegarder la base pendant que le hub travaille. La copie est relue avant de compter.",
)
@options(
    home_option,
    click.option(
        "--to", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DOSSIER",
        help="Où l’écrire ; par défaut « backups » dans le dossier du hub.",
    ),
    json_option,
    who_option,
)  # fmt: skip
def backup(home: Path, folder: Path | None, as_json: bool, who: str) -> None:
    """Makes a verified backup."""
    with open_hub(home) as database:
        report = make_backup(database, load_keys(home, database), now_ms(), who, folder=folder)
    if as_json:
        print_json({
            "file": str(report.path), "sha256": report.manifest.sha256, "taken_ms": report.manifest.taken_ms,
            "generation": report.manifest.generation, "counts": report.manifest.counts, "positions": report.positions,
        })  # fmt: skip
        return
    click.echo(f"Sauvegarde écrite et relue : {report.path}")
    click.echo("Copiez ce fichier et sa fiche « .json » sur une autre machine ; les clés n’y sont pas.")


@click.command(
    short_help="Remettre une sauvegarde en place.",
    help="Remettre une sauvegarde à la place de la base, le hub étant arrêté.",
)
@click.argument("file", metavar="FICHIER", type=FILE)
@options(
    home_option,
    click.option(
        "--database", "address", metavar="ADRESSE",
        help="Base PostgreSQL vide où le hub s’installe : « postgresql://compte@machine/base ».",
    ),
    json_option,
    who_option,
)  # fmt: skip
def restore(file: Path, home: Path, address: str | None, as_json: bool, who: str) -> None:
    """Restores a backup under a new generation."""
    held = HubKeys.load(home)
    with hub_lock(home, stopping_for="restaurer une sauvegarde"):
        report = restore_backup(home, held, file, now_ms(), who, address=address)
    if as_json:
        print_json({
            "generation": report.generation, "taken_ms": report.taken_ms, "terminals_kept": report.terminals_kept,
            "replaced": str(report.replaced) if report.replaced else None,
            "revocations_whole": report.revocations_whole,
        })  # fmt: skip
        return
    click.echo(f"Base du {short(utc_text(report.taken_ms), PARIS)} (heure de Paris) remise en place.")
    if report.replaced:
        click.echo(f"L’ancienne base est gardée : {report.replaced}")
    if not report.revocations_whole:
        click.echo(
            "La liste des bornes révoquées est perdue : relisez « hub terminal list », révoquez de nouveau celles qui "
            "l’ont été depuis cette sauvegarde, puis lancez « hub terminal confirm »."
        )
    click.echo("Démarrez le hub : à leur prochain passage, les bornes renvoient d’elles-mêmes ce qu’elles gardaient.")
    click.echo("Ce qui a été fait ici depuis (comptes, créneaux, états notés) est à refaire.")


def _passphrase(file: Path | None, *, confirm: bool) -> str:
    if file is None:
        return str(click.prompt("Phrase secrète", hide_input=True, confirmation_prompt=confirm, err=True))
    try:
        return read_file(file).decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise InvalidInput("Le fichier de la phrase secrète n’est pas du texte en UTF-8 : réécrivez-le.") from error


def _require_if_any(database: HubDatabase, who: str) -> None:
    """Before the first account exists, whoever holds the machine may make or restore its keys."""
    with database.read() as connection:
        if accounts.list_accounts(connection):
            accounts.require(connection, who, accounts.ADMINISTRATION)


def _note(database: HubDatabase, who: str, action: str, subject: str, detail: str = "") -> None:
    with database.write() as connection:
        accounts.audit(connection, now_ms(), who, action, subject, detail)


def _holders(database: HubDatabase, key_id: str) -> set[str]:
    """Who has a backup with the present sealing key, by the journal."""
    with database.read() as connection:
        lines = accounts.find_audit(connection, "keys.backup")
    return {line["subject"] for line in lines if line["detail"] == key_id}


def _shown(document: SealingDocument) -> dict[str, object]:
    """What anybody may know of a sealing key, without what only machines read."""
    hidden = {"public_key", "signature"}
    return {name: value for name, value in structs.asdict(document).items() if name not in hidden}
