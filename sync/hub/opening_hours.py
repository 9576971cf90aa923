"""Opening hours as OpenStreetMap writes them, in French: « lundi à vendredi : 9 h – 12 h, 14 h – 17 h 30 ». Pure.

Source: https://wiki.openstreetmap.org/wiki/Key:opening_hours. Only days of the week and hours are put into words; hours
that depend on more (a week in two, sunset, months) are left out rather than said half: a person may travel for them.
"""

from __future__ import annotations

import re

DAYS = {
    "Mo": "lundi", "Tu": "mardi", "We": "mercredi", "Th": "jeudi", "Fr": "vendredi", "Sa": "samedi", "Su": "dimanche",
}  # fmt: skip
ALWAYS = "24/7"
LENGTH_MAX = 200
_HOURS = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")
_RULE = re.compile(r"(?P<days>(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:[-,](?:Mo|Tu|We|Th|Fr|Sa|Su))*)\s+(?P<hours>[\d:,\-\s]+|off)")
_HOLIDAYS = re.compile(r"(?:PH|SH)(?:,(?:PH|SH))?\s+(?:off|closed)")


def in_french(text: str) -> str:
    """The same hours for people; empty where anything of them is not understood."""
    rules = [rule.strip() for rule in text.split(";") if rule.strip()]
    if rules == [ALWAYS]:
        return "Tous les jours, 24 heures sur 24"
    said: list[str] = []
    for rule in rules:
        if _HOLIDAYS.fullmatch(rule):
            said.append("fermé les jours fériés" if "PH" in rule else "fermé pendant les vacances")
            continue
        words = _rule(rule)
        if words is None:
            return ""
        said.append(words)
    whole = " ; ".join(said)
    return (whole[:1].upper() + whole[1:]) if len(whole) <= LENGTH_MAX else ""


def _rule(rule: str) -> str | None:
    match = _RULE.fullmatch(rule)
    if match is None:
        return None
    days = ", ".join(_days(part) for part in match["days"].split(","))
    if match["hours"] == "off":
        return f"fermé {days}"
    spans = [_HOURS.fullmatch(part.strip()) for part in match["hours"].split(",")]
    hours = [_span(*map(int, span.groups())) for span in spans if span is not None]
    if len(hours) != len(spans) or None in hours:
        return None
    return f"{days} : {', '.join(str(one) for one in hours)}"


def _days(part: str) -> str:
    first, _, last = part.partition("-")
    return f"{DAYS[first]} à {DAYS[last]}" if last else DAYS[first]


def _span(first_h: int, first_min: int, last_h: int, last_min: int) -> str | None:
    if first_h > 24 or last_h > 24 or first_min > 59 or last_min > 59:
        return None
    return f"{_hour(first_h, first_min)} – {_hour(last_h, last_min)}"


def _hour(hour: int, minute: int) -> str:
    return f"{hour} h {minute:02}" if minute else f"{hour} h"
