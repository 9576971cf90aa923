"""Sentences of « Ma date pour signer » and of the list to take away. What the law says is content, not these words."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "deadline.title": {"fr": "Quelle est la date de la lettre ?"},
    "deadline.why": {
        "fr": "La lettre, ou le message, qui annonce quel organisme vous suit : la notification d’orientation.",
        "fr-simple": "C’est la lettre qui dit quel organisme vous suit.",
    },
    "deadline.no_letter": {"fr": "Je n’ai pas la lettre"},
    "deadline.show": {"fr": "Voir ma date"},
    "deadline.answer": {"fr": "Votre date pour signer", "fr-simple": "Votre date"},
    "deadline.letter": {"fr": "Lettre du {day}"},
    "deadline.until": {"fr": "En général, jusqu’au", "fr-simple": "Vous avez en général jusqu’au"},
    "deadline.left": {"fr": "Il reste {days} jours."},
    "deadline.one_left": {"fr": "Il reste un jour."},
    "deadline.today": {"fr": "C’est aujourd’hui. Prenez rendez-vous sans attendre."},
    "deadline.one_over": {
        "fr": "C’était hier. Prenez rendez-vous dès que possible.",
        "fr-simple": "C’était hier. Prenez vite un rendez-vous.",
    },
    "deadline.over": {
        "fr": "Cette date est passée depuis {days} jours. Prenez rendez-vous dès que possible.",
        "fr-simple": "C’est passé depuis {days} jours. Prenez vite un rendez-vous.",
    },
    "deadline.weekend": {
        "fr": "Ce jour tombe un week-end. Prenez rendez-vous avant.",
        "fr-simple": "C’est un week-end. Prenez rendez-vous avant.",
    },
    "deadline.confirm": {
        "fr": "Date à confirmer par votre organisme.",
        "fr-simple": "Demandez la date exacte à votre organisme.",
    },
    "deadline.nothing_kept": {
        "fr": "La date que vous écrivez s’efface à la fin. Rien n’est gardé.",
        "fr-simple": "Rien n’est gardé.",
    },
    "deadline.book": {"fr": "Prendre rendez-vous"},
    "deadline.again": {"fr": "Changer la date"},
    "deadline.future": {
        "fr": "Cette date n’est pas encore passée. Regardez la date en haut de la lettre.",
        "fr-simple": "Cette date n’est pas encore là. Regardez la lettre.",
    },
    "deadline.old": {
        "fr": "Cette lettre a plus d’un an. Cherchez la dernière lettre, ou demandez à votre organisme.",
        "fr-simple": "La lettre a plus de 1 an. Cherchez la dernière lettre.",
    },
    "list.title": {"fr": "Préparer mon rendez-vous", "fr-simple": "Pour mon rendez-vous"},
    "list.take": {"fr": "Emporter ma liste"},
    "list.photo": {
        "fr": "Vous pouvez prendre cet écran en photo, ou recopier la liste.",
        "fr-simple": "Prenez une photo de cet écran.",
    },
    "list.ready": {"fr": "prêt"},
    "list.anonymous": {
        "fr": "Aucun nom sur cette liste. Elle s’efface de la borne à la fin.",
        "fr-simple": "Pas de nom ici. La liste s’efface à la fin.",
    },
}
