"""Who may be hit by an act, in staff words; no name and no reference, since those are in the vault only."""

from __future__ import annotations

from sync.hub import todo_words
from sync.hub.at_risk import AtRisk
from sync.hub.matter import Scene

WHY_NOT_FREE = {
    "slot_taken": "Toutes les places de ce créneau sont prises.",
    "booth_busy": "La cabine est déjà prise à cette heure.",
    "site_frozen": "Des bornes de ce site n’ont pas encore redit ce qu’elles ont promis.",
}
HIT, KEEPS = "Touché", "Garde sa place"


def lines_of(scene: Scene, site_id: str, risk: AtRisk, *, known: str = HIT) -> list[str]:
    """Why the place is not free, then one line for each person known, then for each one who may be unknown.

    Args:
        scene: of one transaction.
        site_id: the site of the act.
        risk: who may be hit.
        known: what becomes of those that are known.
    """
    if not risk.is_risky:
        return ["Personne d’autre ne compte sur cette place."]
    lines = [] if risk.because is None else [WHY_NOT_FREE.get(risk.because, "Cette place n’est pas libre.")]
    lines += [f"{known} : {_booking(scene, site_id, booking_id)}." for booking_id in risk.bookings]
    lines += [f"Touché peut-être : {_grant(scene, site_id, grant_id)}." for grant_id in risk.grants]
    return lines


def _booking(scene: Scene, site_id: str, booking_id: str) -> str:
    booking = scene.one("booking", site_id, booking_id)
    if booking is None:
        return "un rendez-vous inconnu"
    slot = scene.one("slot", site_id, booking.values["slot_id"])
    starts_at = None if slot is None else str(slot.values["starts_at"])
    values = booking.values
    return f"le {todo_words.booking_name(starts_at, scene.zone(site_id), values['reason'], values['terminal_no'])}"


def _grant(scene: Scene, site_id: str, grant_id: str) -> str:
    grant = scene.one("grant", site_id, grant_id)
    if grant is None:
        return "une personne inconnue"
    slot = scene.one("slot", site_id, grant.values["slot_id"])
    when = todo_words.moment(None if slot is None else str(slot.values["starts_at"]), scene.zone(site_id))
    no = grant.values["terminal_no"]
    return f"la personne à qui la borne n° {no} a pu promettre sa place du {when} sans pouvoir encore le dire"
