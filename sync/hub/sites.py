"""The sites of a hub: added and corrected by a named person, sent to their terminals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection

from sync.change import Value
from sync.errors import InvalidInput
from sync.hub import accounts, rows
from sync.records.base import ID_PATTERN

REGION_PATTERN = re.compile(r"^[A-Z]{2}$")


def set_site(connection: Connection, now_ms: int, site_id: str, values: Mapping[str, Value], who: str) -> set[str]:
    """Adds a site, or corrects the given fields of one.

    Args:
        connection: a writing transaction.
        now_ms: milliseconds since 1970.
        site_id: lower-case letters, digits and hyphens.
        values: fields of ``SiteFields``; a new site needs ``name`` and ``zone``.
        who: a named person with the role ``exploitation``.

    Returns:
        The fields that changed.

    Raises:
        InvalidInput: an unusable identifier, zone, telephone region or value.
        Refused: no such role.
    """
    accounts.require(connection, who, accounts.EXPLOITATION)
    if not re.match(ID_PATTERN, site_id):
        raise InvalidInput(
            "L’identifiant du site n’est pas utilisable : écrivez de 3 à 64 lettres minuscules sans accent, "
            "chiffres ou tirets, par exemple « saint-aubin »."
        )
    known = rows.read(connection, "site", site_id, site_id)
    if known is None and not (values.get("name") and values.get("zone")):
        raise InvalidInput("Un nouveau site a un nom et un fuseau horaire : donnez « --name » et « --zone ».")
    _check_zone(values.get("zone"))
    region = values.get("phone_region")
    if region is not None and not REGION_PATTERN.match(str(region)):
        raise InvalidInput("La région téléphonique a deux lettres majuscules : FR, RE, GP, MQ, GF ou YT.")
    changed = rows.write_as_hub(connection, now_ms, "site", site_id, site_id, values)
    accounts.audit(
        connection, now_ms, who, "site.add" if known is None else "site.set", site_id, ",".join(sorted(values))
    )
    return changed


def _check_zone(zone: Value) -> None:
    if zone is None:
        return
    try:
        ZoneInfo(str(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            "Ce fuseau horaire n’existe pas : écrivez par exemple Europe/Paris ou Indian/Reunion."
        ) from error
