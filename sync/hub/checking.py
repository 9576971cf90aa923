"""Everything that can be wrong with one operation of a terminal. A wrong one is rejected alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from pydantic import ValidationError

from sync.change import Value
from sync.errors import Refused
from sync.hub import bookings
from sync.hub.push import Push
from sync.hub.standing import Standing
from sync.promise import CANCELLED, GUARANTEED, RELEASED, REQUESTED
from sync.records import FIELDS, help_call, registration, satisfaction
from sync.seal import Sealed
from sync.wire import Operation

SETS_OF_NAMES_KEPT = 1024
ESCAPES = b"\\"
"""Without one in its JSON, no text of an operation has a control character: nearly all of them have none."""
TERMINAL_STATES: Mapping[str, frozenset[str]] = {
    "booking": frozenset({REQUESTED, GUARANTEED, CANCELLED}),
    "grant": frozenset({RELEASED}),
    "help_call": frozenset({help_call.OPEN, help_call.ENDED}),
    "registration": frozenset({registration.PREPARED, registration.CLOSED, registration.TAKEN_BACK}),
}


OWNED = frozenset({"help_call", "satisfaction"})
"""What only the terminal that made it may change."""


class Rejection(Exception):
    """One operation cannot be taken: a code of docs/protocol.md §7, and a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def check_form(push: Push, operation: Operation) -> Standing | None:
    """What can be told of an operation before it is merged: kind, site, fields, stamps. Raises Rejection.

    Returns what stands of its record.
    """
    kind, values = operation.kind, operation.values
    if kind not in FIELDS:
        raise Rejection("unknown_kind", "Le hub ne connaît pas ce type de fiche : mettez le hub à jour.")
    if operation.site_id != push.sender.site_id:
        raise Rejection("wrong_site", "Cette fiche est celle d’un autre site : elle n’est pas envoyée d’ici.")
    if not _are_writable(kind, tuple(values)):
        raise Rejection("forbidden_field", "Une borne ne peut pas écrire ce champ : mettez la borne à jour.")
    held = push.records[kind].get(operation.id)
    if kind == "grant":
        _check_grant(push, operation, held)
    foreign = push.foreign_stamps
    assert foreign is not None
    if foreign and not foreign.isdisjoint(operation.stamps):
        raise Rejection("foreign_stamp", "Cette écriture porte la marque d’une autre borne : refaites la saisie.")
    before = held.values.get("state") if held is not None else None
    sent = values.get("state", before)
    if sent != before and str(sent) not in TERMINAL_STATES[kind]:
        raise Rejection("forbidden_state", "Seul le hub donne cette réponse : la borne ne peut pas l’écrire.")
    return held


@lru_cache(SETS_OF_NAMES_KEPT)
def _are_writable(kind: str, names: tuple[str, ...]) -> bool:
    """Whether a terminal may write these fields of a kind: looked up, as records of a kind have the same ones."""
    writable = FIELDS[kind].terminal_may_write
    return bool(writable) and (writable | {"gone"}).issuperset(names)


def check(push: Push, operation: Operation, held: Standing | None) -> tuple[dict[str, Value], Sealed | None]:
    """Everything else that can be wrong with one operation, after ``check_form``. Raises Rejection.

    Returns the whole record as this operation alone would make it, and the sealed part.
    """
    whole = _check_values(push, operation, held)
    return whole, None if operation.sealed is None else _check_sealed(push, operation.sealed, operation, held)


def _check_grant(push: Push, operation: Operation, held: Standing | None) -> None:
    """A terminal gives its own grants back, and does nothing else with any grant. Raises Rejection."""
    if operation.values.keys() != {"state"}:
        raise Rejection("forbidden_field", "Une borne ne peut pas écrire ce champ : mettez la borne à jour.")
    own = (push.sender.terminal_no, push.sender.incarnation)
    if held is None or (held.values["terminal_no"], held.values["incarnation"]) != own:
        raise _foreign_grant()
    if operation.values["state"] not in TERMINAL_STATES["grant"]:
        raise Rejection("forbidden_state", "Seul le hub donne cette réponse : la borne ne peut pas l’écrire.")


def _foreign_grant() -> Rejection:
    return Rejection("foreign_grant", "Cette place n’est pas confiée à cette borne : refaites la saisie.")


def _check_values(push: Push, operation: Operation, held: Standing | None) -> dict[str, Value]:
    before = held.values if held is not None else {}
    writable = ESCAPES not in push.texts[id(operation.said)]
    try:
        values = {**before, **operation.values} if before else operation.values
        whole = FIELDS[operation.kind].whole(values, writable=writable)
    except ValidationError as error:
        raise Rejection("invalid", "Une valeur manque ou n’est pas permise : refaites la saisie.") from error
    state = whole.get("state")
    if state != before.get("state") and state not in TERMINAL_STATES[operation.kind]:
        raise Rejection("forbidden_state", "Seul le hub donne cette réponse : la borne ne peut pas l’écrire.")
    maker = whole["terminal_no"] if held is None else before["terminal_no"] if operation.kind in OWNED else None
    if maker is not None and maker != push.sender.terminal_no:
        raise Rejection("foreign_reference", "Cette référence est celle d’une autre borne : refaites la saisie.")
    if _contradicts_itself(operation, whole) or not (writable or _is_writable(whole)):
        raise Rejection("invalid", "Une valeur manque ou n’est pas permise : refaites la saisie.")
    if operation.kind == "booking":
        _check_promise(push, operation.id, held, whole)
    return whole


def _is_writable(whole: Mapping[str, Value]) -> bool:
    """False for a text with a letter of number 0, which not every engine can keep."""
    for value in whole.values():
        if isinstance(value, str):
            if "\0" in value:
                return False
        elif isinstance(value, list) and any("\0" in text for text in value):
            return False
    return True


def _contradicts_itself(operation: Operation, whole: dict[str, Value]) -> bool:
    """Values that are each permitted and make no sense together."""
    if operation.kind == "registration":
        return whole["if_unsent"] not in {registration.KEEP, registration.DESTROY}
    if operation.kind == "satisfaction":
        return whole["journey"] not in satisfaction.JOURNEYS
    if operation.kind != "booking":
        return False
    wishes = whole["wishes"] if isinstance(whole["wishes"], list) else []
    twice = len({*wishes, whole["slot_id"]}) <= len(wishes)
    return twice or whole["moved_from"] == operation.id


def _check_promise(push: Push, booking_id: str, held: Standing | None, whole: dict[str, Value]) -> None:
    code = bookings.why_rejected(held, whole, push.places, booking_id)
    if code == "foreign_grant":
        raise _foreign_grant()
    if code is not None:
        raise Rejection(code, "Une valeur manque ou n’est pas permise : refaites la saisie.")


def _check_sealed(push: Push, text: str, operation: Operation, held: Standing | None) -> Sealed:
    if not FIELDS[operation.kind].seals:
        raise Rejection("sealed_unexpected", "Cette fiche ne porte pas de pli scellé : mettez la borne à jour.")
    try:
        sealed = Sealed.from_text(text)
    except Refused as error:
        raise Rejection("sealed_malformed", "Le pli scellé n’est pas lisible : refaites la saisie.") from error
    header = sealed.header
    if (header.kind, header.site_id, header.id) != (operation.kind, operation.site_id, operation.id):
        raise Rejection("sealed_header", "Le pli scellé est celui d’une autre fiche : refaites la saisie.")
    if held is not None and held.values["terminal_no"] != push.sender.terminal_no:
        raise Rejection("sealed_foreign", "Le pli scellé d’une fiche ne vient que de sa borne : refaites la saisie.")
    return sealed
