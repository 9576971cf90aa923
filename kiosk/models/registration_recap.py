"""From the draft of a prepared registration to what is sealed, and to what is read before confirming. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk import times
from kiosk.models import answers, communes
from kiosk.models import registration_steps as steps
from kiosk.models.communes import CommuneTable
from kiosk.models.registration_steps import ASK, Step, applicable
from kiosk.said import joined
from kiosk.wording import say
from sync.change import Value

PLACE_LISTS = {"pays_naissance": "pays_choix", "commune_naissance": "commune_naissance_choix", "code_postal": "commune"}
"""Which list follows from which typed text."""
_SILENT = frozenset(
    {
        steps.NOTICE,
        steps.RECAP,
        "deja_oui",
        "deja_doute",
        "pays_naissance",
        "pays_choix",
        "commune_naissance_choix",
        "commune",
    }
)


@dataclass(frozen=True)
class RecapLine:
    """One line of the recapitulation; ``step`` is where « Modifier » leads, ``given`` false for no answer."""

    step: str
    label: str
    value: str
    given: bool


def seen(draft: Mapping[str, Any]) -> dict[str, Any]:
    """The answers and the lists to show: what decides which steps apply."""
    return {**draft["values"], ASK: draft[ASK]}


def missing_steps(draft: Mapping[str, Any]) -> list[str]:
    """The steps that apply and have no answer yet, in order, the recapitulation aside."""
    return [step.key for step in applicable(seen(draft)) if step.key not in draft["values"] and step.key != steps.RECAP]


def sealed_answers(draft: Mapping[str, Any], table: CommuneTable) -> dict[str, Value]:
    """The answers as they are sealed: ``answers.SEALED_KEYS``, all present, ``None`` for no answer.

    What was answered on a way that does not apply any more is left out.
    """
    kept = draft["values"]
    values = {step.key: kept.get(step.key) for step in applicable(seen(draft))}
    sealed: dict[str, Value] = dict.fromkeys(answers.SEALED_KEYS)
    sealed.update({key: value for key, value in values.items() if key in answers.SEALED_KEYS})
    country, city = _birth_place(values, kept)
    commune = kept.get("commune") if values.get("code_postal") else None
    sealed.update(
        pays_naissance=country,
        commune_naissance=city,
        commune_code=commune,
        commune=communes.commune_name(table, commune) if commune else None,
        mobilite_km=int(values["mobilite_km"]) if values.get("mobilite_km") else None,
        notice_version=draft["notice_version"],
        notice_lue_le=draft["notice_read_at"],
    )
    return sealed


def _birth_place(values: Mapping[str, Any], kept: Mapping[str, Any]) -> tuple[str | None, str | None]:
    if values.get("lieu_naissance") == steps.ABROAD:
        return kept.get("pays_choix"), values.get("ville_naissance")
    if values.get("lieu_naissance") == steps.IN_FRANCE:
        return communes.FRANCE, kept.get("commune_naissance_choix") if values.get("commune_naissance") else None
    return None, None


def recap_lines(draft: Mapping[str, Any], sealed: Mapping[str, Value], language: str) -> list[RecapLine]:
    """What was answered, in words, in the order it was asked."""
    lines = []
    for step in applicable(seen(draft)):
        if step.key in _SILENT:
            continue
        words = _words(step, sealed, language)
        label = say(f"reg.q.{step.key}.label", language)
        lines.append(RecapLine(step.key, label, words or say("reg.none", language), bool(words)))
    return lines


def _words(step: Step, sealed: Mapping[str, Value], language: str) -> str:
    source = {"lieu_naissance": "pays_naissance", "ville_naissance": "commune_naissance"}.get(step.key, step.key)
    value = sealed[source]
    if value is None or value == "":
        return ""
    if step.key == "code_postal":
        return f"{value} {sealed['commune'] or ''}".strip()
    if step.key == "telephone":
        return str(value).replace(" ", times.NBSP)
    if step.kind == "date":
        return times.date_in_words(date.fromisoformat(str(value)), language, with_year=True)
    if step.key == "lieu_naissance" or not step.codes:
        return str(value)
    codes = value if isinstance(value, list) else [str(value)]
    return joined(", ", (say(f"reg.c.{step.key}.{code}", language) for code in codes))


def recap_pages(lines: list[RecapLine], full: int, last: int) -> list[list[RecapLine]]:
    """The lines in the fewest pages, about as many on each: ``full`` at most, on the last one ``last`` at most.

    The last page also bears the legal sentence, which has to be seen before confirming.
    """
    count = 1 + max(0, -(-(len(lines) - last) // full))
    pages: list[list[RecapLine]] = []
    rest = lines
    for left in range(count, 1, -1):
        taken = min(full, max(-(-len(rest) // left), -(-(len(rest) - last) // (left - 1))))
        pages.append(rest[:taken])
        rest = rest[taken:]
    return [*pages, rest]
