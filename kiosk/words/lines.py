"""Sentences of those who wait: for a seat that somebody leaves, or for an earlier appointment.

A key that begins with ``line.`` and goes on with another key is that sentence for somebody in the line of an event
(``kiosk.models.subject``).
"""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    # On the page of a full event
    "line.group": {"fr": "Liste d’attente"},
    "line.more": {
        "fr": "C’est complet. Si une personne annule, la place va à la première de la liste.",
        "fr-simple": "C’est complet. Quelqu’un annule ? La place est pour la première personne de la liste.",
    },
    "line.join": {"fr": "Attendre une place"},
    "line.booking.section": {"fr": "Liste d’attente"},
    "line.booking.contact.why": {
        "fr": "Pour vous prévenir si une place se libère. Sans contact, revenez voir ici avec votre code.",
        "fr-simple": "On vous prévient quand il y a une place. Sans contact, revenez ici avec votre code.",
    },
    "line.booking.recap.confirm": {"fr": "Attendre une place"},
    # The slip, and by the code
    "booking.done.in_line": {"fr": "Vous êtes sur la liste d’attente."},
    "booking.kind.in_line": {"fr": "Liste d’attente"},
    "booking.answer.in_line": {
        "fr": "La place n’est pas encore à vous. Si une personne annule, elle vous est donnée.",
        "fr-simple": "La place n’est pas à vous pour le moment. Quelqu’un annule ? Vous avez la place.",
    },
    "booking.slip.next_in_line_1": {"fr": "Ne venez pas sans réponse : la place n’est pas encore à vous."},
    "booking.slip.next_in_line_2": {"fr": "Pour savoir : ici, touchez « J’ai déjà un code », ou voyez l’accueil."},
    "line.reference.found.booking": {"fr": "Votre liste d’attente"},
    "line.reference.cancel": {"fr": "Quitter la liste d’attente"},
    "line.reference.cancel_ask_more": {"fr": "Vous ne serez plus sur la liste d’attente."},
    "line.reference.cancel_no": {"fr": "Non, j’attends"},
    # An earlier appointment
    "line.earlier.earlier": {"fr": "Je voudrais plus tôt"},
    "line.earlier.not_earlier": {"fr": "Ne plus chercher une date plus proche"},
    "line.earlier.title": {"fr": "Plus tôt, c’est possible"},
    "line.earlier.waiting": {"fr": "Vous attendez une date plus proche."},
    "line.earlier.waiting_more": {
        "fr": "Votre rendez-vous reste à vous. Revenez voir avec votre code : les dates plus proches seront ici.",
        "fr-simple": "Vous gardez votre rendez-vous. Revenez avec votre code pour voir les autres dates.",
    },
}
