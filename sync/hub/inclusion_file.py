"""The services of a data.inclusion file, as the directory keeps them. Pure.

Read is the JSON of data.inclusion v1 (docs/sources.md): a list of services, a page of the API (``items``), the
answers of ``search/services`` (each ``{"service": …, "distance": …}``), or ``{"structures": [], "services": []}``. A
service bears its structure, or names it by ``structure_id``. The names, e-mail addresses and own telephone numbers of
contact persons are dropped: what a visitor is shown is the organisation.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sync.change import Value
from sync.errors import InvalidInput
from sync.hub.opening_hours import in_french
from sync.records.directory import NEEDS, WEEKLY_HOURS_MAX

FILE_BYTES_MAX = 64 * 1024 * 1024
LINE_MAX, PARAGRAPH_MAX = 200, 2000
NEED_OF = {
    "choisir-un-metier": "emploi", "preparer-sa-candidature": "emploi", "trouver-un-emploi": "emploi",
    "souvrir-a-linternational": "emploi", "se-former": "formation", "lecture-ecriture-calcul": "formation",
    "mobilite": "mobilite", "famille": "famille", "logement-hebergement": "logement",
    "difficultes-financieres": "argent", "equipement-et-alimentation": "argent", "sante": "sante",
    "remobilisation": "sante", "difficultes-administratives-ou-juridiques": "droits", "numerique": "numerique",
    "creer-une-entreprise": "entreprise",
}  # fmt: skip
"""By the first part of a theme: data-inclusion-schema 1.0.10, ``v1/thematiques.py``."""
COSTS = {"gratuit": "Gratuit", "payant": "Payant"}
NOT_INCLUSION = "Ce fichier n’est ni un CSV, ni un fichier de services de data.inclusion : exportez-le à nouveau."
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}\Z")
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f]")

Found = tuple[str, date, dict[str, Value]]
"""Reference, day of the last change at the source, and the fields of the record but these two."""


def is_inclusion(content: bytes) -> bool:
    """True for what is JSON, by its first letter: a CSV begins with a heading."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_services(content: bytes) -> Iterator[Found]:
    """Gives every service of a file. Raises InvalidInput for what is no such file, whole or in part."""
    if len(content) > FILE_BYTES_MAX:
        raise InvalidInput(f"Le fichier dépasse {FILE_BYTES_MAX >> 20} Mio : exportez un territoire plus petit.")
    try:
        whole = json.loads(content.decode("utf-8-sig"))
        services, structures = _parts_of(whole)
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise InvalidInput(NOT_INCLUSION) from error
    for service in services:
        try:
            yield _found(service, _structure_of(service, structures))
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise InvalidInput(NOT_INCLUSION) from error


def _parts_of(whole: Any) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """The services, and the structures by id. Raises KeyError, ValueError, TypeError or AttributeError."""
    if isinstance(whole, dict) and "services" in whole:
        return list(whole["services"]), {str(one["id"]): one for one in whole.get("structures", [])}
    items = whole["items"] if isinstance(whole, dict) else whole
    services = [one.get("service", one) for one in items]
    if not all("structure_id" in one and "nom" in one for one in services):
        raise ValueError("not services")
    return services, {}


def _structure_of(service: Mapping[str, Any], structures: Mapping[str, dict[str, Any]]) -> Mapping[str, Any]:
    found = service.get("structure") or structures.get(str(service.get("structure_id")))
    return found if isinstance(found, dict) else {}


def _found(service: Mapping[str, Any], structure: Mapping[str, Any]) -> Found:
    place = service if service.get("commune") or service.get("adresse") else structure
    by_themes = {NEED_OF.get(str(theme).partition("--")[0], "autre") for theme in service.get("thematiques") or []}
    modes, by_whom = service.get("modes_accueil") or [], service.get("mobilisable_par") or []
    hours = service.get("volume_horaire_hebdomadaire")
    own_phone = "" if service.get("contact_nom_prenom") else _line(service.get("telephone"))
    values: dict[str, Value] = {
        "name": _line(service["nom"]),
        "organisation": _line(structure.get("nom")) or _line(service["nom"]),
        "needs": sorted(by_themes, key=NEEDS.index),
        "summary": _text(service.get("description"), PARAGRAPH_MAX),
        "address": _line(place.get("adresse")),
        "town": _line(f"{place.get('code_postal') or ''} {place.get('commune') or ''}".strip()),
        "phone": _phone(structure.get("telephone")) or _phone(own_phone),
        "link": _line(service.get("lien_mobilisation") or structure.get("site_web") or service.get("lien_source")),
        "hours": in_french(str(service.get("horaires_accueil") or structure.get("horaires_accueil") or "")),
        "conditions": _line(service.get("conditions_acces")),
        "cost": _line(service.get("frais_precisions")) or COSTS.get(str(service.get("frais")), ""),
        "on_site": "en-presentiel" in modes,
        "from_afar": "a-distance" in modes,
        "through_a_professional": "professionnels" in by_whom and "usagers" not in by_whom,
        "weekly_hours": round(hours) if isinstance(hours, int | float) and 1 <= hours <= WEEKLY_HOURS_MAX else None,
        "source": _line(f"data.inclusion, {service['source']}"),
    }
    return _reference(str(service["id"])), date.fromisoformat(str(service["date_maj"])[:10]), values


def _reference(service_id: str) -> str:
    """The identifier at the source, where it can be ours; else a name drawn from it."""
    if _CODE.match(service_id):
        return service_id
    return "di-" + hashlib.sha256(service_id.encode()).hexdigest()[:32]


def _line(value: object) -> str:
    return _text(value, LINE_MAX).replace("\n", " ")


def _text(value: object, most: int) -> str:
    """A text without control characters, cut at the end of a word where it is too long."""
    text = _CONTROLS.sub(" ", str(value or "").replace("\r\n", "\n")).strip()
    if len(text) <= most:
        return text
    return text[: most - 1].rpartition(" ")[0].rstrip(" ,;:.") + "…"


def _phone(value: object) -> str:
    """A French number in pairs, « 02 48 54 00 00 »; any other as it is."""
    text = _line(value)
    digits = re.sub(r"[\s.\-()]", "", text)
    digits = "0" + digits.removeprefix("+33") if digits.startswith("+33") else digits
    if re.fullmatch(r"0[1-9]\d{8}", digits):
        return " ".join(digits[at : at + 2] for at in range(0, 10, 2))
    return text
