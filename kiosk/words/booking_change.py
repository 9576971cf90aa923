"""Sentences of several wishes in one request, and of giving a booking another hour.

While a change is only asked for, the old hour is the person's: no sentence calls it lost before the new one is sure.
"""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    # While the hub is asked
    "booking.wait": {"fr": "Un instant…"},
    "booking.wait.hour": {"fr": "Je demande l’heure…"},
    # Several wishes in one request
    "booking.wish.title": {"fr": "Vos choix, dans l’ordre", "fr-simple": "Vos choix"},
    "booking.wish.why": {
        "fr": "Nous essayons dans cet ordre. Rien n’est encore réservé.",
        "fr-simple": "On essaie le choix 1, puis les autres. Rien n’est encore réservé.",
    },
    "booking.wish.one": {
        "fr": "Avec plusieurs choix, vous avez plus de chances d’avoir une heure.",
        "fr-simple": "Donnez plusieurs heures : c’est plus facile.",
    },
    "booking.wish.spoken": {"fr": "Choix {number} : {moment}"},
    "booking.wish.remove": {"fr": "Retirer"},
    "booking.wish.add": {"fr": "Ajouter un autre choix"},
    "booking.wish.full": {"fr": "3 choix au plus. Retirez-en un pour en mettre un autre."},
    "booking.wish.none_left": {"fr": "Il n’y a pas d’autre heure à demander pour ce sujet."},
    "booking.wish.another": {"fr": "Un autre choix ?"},
    "booking.wish.pick": {"fr": "Ajouter {day}, à {hour}"},
    "booking.wish.go_on_one": {"fr": "Continuer avec 1 choix"},
    "booking.wish.go_on": {"fr": "Continuer avec {count} choix"},
    "booking.recap.choices": {"fr": "Vos choix, dans l’ordre"},
    "booking.slip.choices": {"fr": "Heures demandées, dans l’ordre"},
    # The group « Sur demande »
    "booking.hour.group_online": {
        "fr": "Pas encore à vous. Touchez une heure : cette borne la demande tout de suite.",
        "fr-simple": "L’heure n’est pas encore à vous. Touchez une heure : la borne la demande.",
    },
    "booking.hour.group_wish": {
        "fr": "Nous essayons vos choix dans l’ordre. Rien n’est encore réservé.",
        "fr-simple": "Rien n’est encore réservé.",
    },
    "booking.hour.refused": {
        "fr": "Le service ne peut pas la réserver tout de suite. Vous pouvez la demander : la réponse vient après.",
        "fr-simple": "Cette heure ne peut pas être réservée maintenant. Vous pouvez la demander.",
    },
    "booking.hour.restored": {
        "fr": "Pour le moment, cette borne ne réserve rien elle-même : toutes les heures sont sur demande, "
        "jusqu’au retour du réseau.",
        "fr-simple": "Pour le moment, vous pouvez demander une heure, pas la réserver.",
    },
    "booking.hour.clock_asks": {
        "fr": "L’horloge de cette borne n’est pas sûre : toutes les heures sont sur demande. "
        "Vérifiez la date et l’heure avec l’accueil.",
        "fr-simple": "L’horloge de la borne n’est pas sûre. Vous pouvez demander une heure, pas la réserver.",
    },
    # The subject has a booking already
    "booking.had.title_placed": {"fr": "Vous avez déjà un rendez-vous pour ce sujet"},
    "booking.had.title_asked": {"fr": "Vous avez déjà fait une demande pour ce sujet"},
    "booking.had.why": {
        "fr": "Un seul rendez-vous par sujet, pour en laisser aux autres.",
        "fr-simple": "Un sujet, un seul rendez-vous.",
    },
    "booking.had.code": {"fr": "Le revoir ou l’annuler"},
    # Another hour for a booking
    "booking.move.section": {"fr": "Changer d’heure"},
    "booking.move.title": {"fr": "Quelle nouvelle heure ?"},
    "booking.move.now": {"fr": "Maintenant : {moment}"},
    "booking.move.before": {"fr": "Avant : {moment}"},
    "booking.move.kept_hour": {
        "fr": "Cette heure reste à vous tant que la nouvelle n’est pas sûre.",
        "fr-simple": "Vous gardez cette heure pour le moment.",
    },
    "booking.move.kept_request": {
        "fr": "Cette demande continue tant que la nouvelle heure n’est pas sûre.",
        "fr-simple": "Cette demande continue pour le moment.",
    },
    "booking.move.kept_nothing": {
        "fr": "Cette heure n’est plus à vous. Choisissez-en une autre.",
        "fr-simple": "Vous n’avez plus cette heure. Choisissez une autre heure.",
    },
    "booking.move.contact_why": {
        "fr": "Redonnez votre contact : cette borne ne peut pas relire l’ancien. Ce n’est pas obligatoire.",
        "fr-simple": "Écrivez encore votre contact. La borne ne peut pas lire l’ancien. Vous pouvez dire non.",
    },
    "booking.move.old": {"fr": "Ancienne heure"},
    "booking.move.new": {"fr": "Nouvelle heure"},
    "booking.move.keeping": {"fr": "Heure que vous gardez pour le moment"},
    "booking.move.wanted": {"fr": "Heure demandée"},
    "booking.move.recap": {"fr": "Changer pour cette heure ?"},
    "booking.move.book": {"fr": "Changer pour cette heure"},
    "booking.move.ask": {"fr": "Demander le changement"},
    "booking.move.sure_more": {
        "fr": "Dès que vous confirmez, la nouvelle heure est à vous. L’ancienne est rendue seulement après.",
        "fr-simple": "Vous confirmez : la nouvelle heure est à vous. Après, l’ancienne est rendue.",
    },
    "booking.move.asked": {
        "fr": "C’est une demande. La nouvelle heure n’est pas encore à vous.",
    },
    "booking.move.asked_hour": {
        "fr": "L’ancienne heure reste à vous jusqu’à la réponse. Si la réponse est non, vous la gardez.",
        "fr-simple": "Vous gardez l’ancienne heure. Si on vous répond non, elle reste à vous.",
    },
    "booking.move.asked_request": {
        "fr": "Votre première demande continue jusqu’à la réponse.",
    },
    "booking.move.asked_nothing": {
        "fr": "L’ancienne heure n’est plus à vous. Revenez voir la réponse avec votre nouveau code.",
    },
    "booking.move.done.guaranteed": {"fr": "L’heure est changée."},
    "booking.move.done.confirmed": {"fr": "L’heure est changée."},
    "booking.move.done.requested": {"fr": "Changement demandé."},
    "booking.move.slip.sure": {
        "fr": "Ce papier remplace l’ancien. L’ancien code ne sert plus.",
        "fr-simple": "Ce papier remplace l’ancien. Jetez l’ancien papier.",
    },
    "booking.move.slip.hour": {
        "fr": "Gardez les deux papiers : l’ancienne heure reste à vous jusqu’à la réponse.",
        "fr-simple": "Gardez les deux papiers. L’ancienne heure reste à vous jusqu’à la réponse.",
    },
    "booking.move.slip.request": {
        "fr": "Gardez les deux papiers jusqu’à la réponse.",
    },
    "booking.move.slip.nothing": {"fr": "Ce papier remplace l’ancien."},
    # States that this slice adds
    "booking.done.alternatives": {"fr": "Cette heure n’est pas possible."},
    "booking.done.moved": {"fr": "L’heure a changé."},
    "booking.kind.alternatives": {"fr": "À choisir"},
    "booking.kind.moved": {"fr": "Heure changée"},
    "booking.answer.alternatives": {
        "fr": "Ces heures étaient libres : choisissez-en une.",
        "fr-simple": "Ces heures étaient libres. Choisissez une heure.",
    },
    "booking.answer.alternatives_gone": {
        "fr": "Les heures proposées ne sont plus libres. Rien n’est perdu : choisissez une autre heure.",
    },
    "booking.answer.moved": {"fr": "L’heure de ce rendez-vous a changé. Voici la nouvelle."},
    "booking.proposal.title": {"fr": "Heures proposées"},
    "booking.proposal.spoken": {"fr": "Choisir {moment}"},
    "booking.proposal.other": {"fr": "Choisir une autre heure"},
}
