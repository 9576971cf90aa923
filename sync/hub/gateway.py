"""How a prepared registration reaches France Travail, whatever the means: one seam.

France Travail announced an API « Demande d'inscription » whose fields nobody has seen
(docs/sources.md, registration). Until it exists, ``ManualGateway`` is the real way: a person opens the
preparation, forwards it by hand with the means of their organisation, and notes the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sync.errors import InvalidInput
from sync.hub.vault import Opened
from sync.records.registration import CLOSED, FORWARDED, INCOMPLETE, RECEIVED

TO_COMPLETE = {
    "nom": "le nom",
    "prenoms": "les prénoms",
    "date_naissance": "la date de naissance",
    "lieu_naissance": "le lieu de naissance",
    "adresse": "l’adresse",
    "telephone": "le numéro de téléphone",
    "courriel": "l’adresse électronique",
    "numero_france_travail": "le numéro France Travail",
    "situation": "la situation",
    "fin_contrat": "la date de fin du dernier contrat",
    "niveau": "le niveau d’études",
    "metier": "le métier recherché",
    "disponibilite": "la date de disponibilité",
    "mobilite": "la mobilité",
    "injoignable": "un moyen de joindre la personne",
}
NOTABLE_STATES = {
    RECEIVED: "à traiter",
    FORWARDED: "transmise à France Travail",
    INCOMPLETE: "à compléter par la personne",
    CLOSED: "close",
}


@dataclass(frozen=True)
class Outcome:
    """What became of a preparation: one of ``NOTABLE_STATES``, and what is missing (``TO_COMPLETE``)."""

    state: str
    to_complete: tuple[str, ...] = ()


@dataclass(frozen=True)
class HandOver:
    """What a gateway did with a preparation.

    Attributes:
        steps: French sentences, what a person must still do, in order.
        outcome: what is known at once; None while a person has to note it.
    """

    steps: tuple[str, ...]
    outcome: Outcome | None


class InscriptionGateway(Protocol):
    """The way to France Travail. It never means that the person is registered."""

    name: str

    def forward(self, opened: Opened) -> HandOver:
        """Forwards an opened preparation, or says what a person must do."""

    def check(self, outcome: Outcome) -> None:
        """Raises InvalidInput when this gateway cannot have this outcome."""


class ManualGateway:
    """A person forwards by hand and notes what came of it."""

    name = "manual"

    def forward(self, opened: Opened) -> HandOver:
        """Nothing leaves by itself: the steps are for the person who reads the answers."""
        steps = (
            (
                "Transmettez ces réponses à France Travail avec l’outil prévu par votre convention, ou aidez la "
                "personne à les saisir elle-même sur francetravail.fr."
            ),
            (
                "Notez ensuite le résultat : « point-contact hub registration set » avec « transmise », "
                "« a_completer » ou « close »."
            ),
            "Ne gardez aucune copie de ces réponses.",
        )
        return HandOver(steps, outcome=None)

    def check(self, outcome: Outcome) -> None:
        """A person may note any state of the work list; what is missing comes from the closed list."""
        if outcome.state not in NOTABLE_STATES:
            raise InvalidInput(f"Donnez un état parmi : {', '.join(NOTABLE_STATES)}.")
        unknown = sorted(set(outcome.to_complete) - set(TO_COMPLETE))
        if unknown:
            raise InvalidInput(f"Donnez ce qui manque parmi : {', '.join(TO_COMPLETE)}.")
        if (outcome.state == INCOMPLETE) != bool(outcome.to_complete):
            raise InvalidInput(
                "L’état « a_completer », et lui seul, dit ce qui manque : donnez au moins un « --missing »."
            )
