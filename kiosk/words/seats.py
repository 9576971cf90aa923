"""Sentences of a seat at a local event, in the place of those of the video appointment or beside them.

A key that begins with ``seat.`` and goes on with another key is that sentence for a seat (``kiosk.models.subject``).
A seat is « réservée » or « demandée ».
"""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    # On the event's own page
    "seat.subject": {"fr": "Atelier ou événement"},
    "seat.sign_up": {"fr": "Réserver ma place"},
    "seat.ask": {"fr": "Demander une place"},
    "seat.wait": {"fr": "Je demande la place…"},
    "seat.sure": {"fr": "Place réservée tout de suite"},
    "seat.group": {"fr": "Sur demande"},
    "seat.had": {"fr": "Vous avez déjà une place réservée ou demandée."},
    "seat.had_more": {"fr": "Pour la revoir ou l’annuler : menu, « J’ai déjà un code »."},
    "seat.booking.section": {"fr": "Place à un événement"},
    "seat.booking.hour.sure_more": {
        "fr": "La place est à vous dès que vous confirmez, même sans réseau.",
        "fr-simple": "Vous confirmez, et la place est à vous. Même sans réseau.",
    },
    "seat.ask_online": {
        "fr": "Pas encore à vous. Touchez « Demander une place » : cette borne la demande tout de suite.",
        "fr-simple": "La place n’est pas encore à vous. Touchez « Demander une place » : la borne la demande.",
    },
    "seat.booking.hour.group_offline": {
        "fr": "Pas encore à vous. La demande part au retour du réseau, la réponse vient ensuite.",
        "fr-simple": "La place n’est pas encore à vous. Il n’y a pas de réseau. La réponse viendra plus tard.",
    },
    "seat.booking.hour.kind": {"fr": "{duration}"},
    "seat.booking.hour.held": {
        "fr": "Cette place est gardée pour vous jusqu’à {hour}.",
        "fr-simple": "On garde cette place pour vous jusqu’à {hour}.",
    },
    "seat.booking.hour.over": {
        "fr": "Les 5 minutes sont passées : la place n’est plus gardée. Touchez encore le bouton du bas.",
    },
    "seat.booking.hour.turned": {
        "fr": "Cette place ne peut plus être réservée tout de suite. Vous pouvez encore la demander.",
        "fr-simple": "Cette place ne peut plus être réservée. Vous pouvez la demander.",
    },
    "seat.booking.hour.gone": {
        "fr": "La dernière place vient d’être prise. Rien n’est perdu : choisissez un autre événement.",
    },
    "seat.booking.hour.day_full": {"fr": "Plus de place ce jour-là. Choisissez un autre jour."},
    "seat.booking.hour.refused": {
        "fr": "Le service ne peut pas la réserver tout de suite. Vous pouvez la demander : la réponse vient après.",
        "fr-simple": "Cette place ne peut pas être réservée maintenant. Vous pouvez la demander.",
    },
    "seat.booking.hour.restored": {
        "fr": "Pour le moment, cette borne ne réserve rien elle-même : les places sont sur demande, "
        "jusqu’au retour du réseau.",
        "fr-simple": "Pour le moment, vous pouvez demander une place, pas la réserver.",
    },
    "seat.booking.hour.clock_asks": {
        "fr": "L’horloge de cette borne n’est pas sûre : les places sont sur demande. "
        "Vérifiez la date et l’heure avec l’accueil.",
        "fr-simple": "L’horloge de la borne n’est pas sûre. Vous pouvez demander une place, pas la réserver.",
    },
    # Contact and summary
    "seat.booking.contact.why": {
        "fr": "Si l’événement change, on vous prévient. Ce n’est pas obligatoire : votre code suffit.",
        "fr-simple": "Si l’événement change, on vous le dit. Vous pouvez dire non : votre code suffit.",
    },
    "seat.booking.privacy.why": {
        "fr": "Votre contact et votre prénom servent à cet événement, et à rien d’autre.",
        "fr-simple": "Votre contact et votre prénom servent à cet événement. C’est tout.",
    },
    "seat.booking.privacy.usual": {"fr": "jusqu’à l’événement, puis 7 jours en général"},
    "seat.booking.first_name.why": {
        "fr": "Pour savoir comment vous appeler à l’événement. Vous pouvez passer.",
        "fr-simple": "On vous appelle par votre prénom. Vous pouvez passer.",
    },
    "seat.booking.recap.reason": {"fr": "Événement"},
    "seat.booking.recap.not_sure": {"fr": "C’est une demande. La place n’est pas encore à vous."},
    "seat.booking.recap.held_more": {
        "fr": "Elle est à vous dès que vous touchez « Réserver cette place », même sans réseau.",
        "fr-simple": "Touchez « Réserver cette place » : elle est à vous.",
    },
    "seat.booking.recap.over": {
        "fr": "La place n’est plus gardée : les 5 minutes sont passées.",
        "fr-simple": "Les 5 minutes sont passées. La place n’est plus gardée.",
    },
    "seat.booking.recap.turned": {
        "fr": "Cette place ne peut plus être réservée tout de suite.",
        "fr-simple": "Cette place ne peut plus être réservée.",
    },
    "seat.booking.recap.turned_more": {"fr": "Rien n’est perdu : vous pouvez la demander."},
    "seat.booking.recap.confirm": {"fr": "Demander cette place"},
    "seat.booking.recap.book": {"fr": "Réserver cette place"},
    "seat.booking.recap.twice": {
        "fr": "Vous avez déjà demandé ou réservé une place. Pour en changer : menu, « J’ai déjà un code ».",
    },
    # The slip and the answer
    "seat.booking.done.requested": {"fr": "Place demandée."},
    "seat.booking.done.guaranteed": {"fr": "Place réservée."},
    "seat.booking.done.declined": {"fr": "Il n’y a pas de place pour vous."},
    "seat.booking.done.cancelled": {"fr": "Cette place est annulée."},
    "seat.booking.done.withdrawn": {"fr": "L’événement est annulé ou déplacé."},
    "seat.booking.done.overruled": {"fr": "Cette place est à revoir."},
    "seat.booking.done.alternatives": {"fr": "Il n’y a plus de place à cette date."},
    "seat.booking.done.moved": {"fr": "La date a changé."},
    "seat.booking.kind.moved": {"fr": "Date changée"},
    "seat.booking.kind.withdrawn": {"fr": "Annulé ou déplacé"},
    "seat.booking.answer.kept": {
        "fr": "La demande sera envoyée dès le retour du réseau. La place n’est pas encore à vous.",
        "fr-simple": "Il n’y a pas de réseau. La demande part plus tard. La place n’est pas encore à vous.",
    },
    "seat.booking.answer.asked": {
        "fr": "Demande reçue. Il n’y a pas encore de réponse : la place n’est pas encore à vous.",
        "fr-simple": "La demande est arrivée. La réponse n’est pas encore là.",
    },
    "seat.booking.answer.guaranteed": {
        "fr": "La place est à vous, même sans réseau. Venez avec votre code.",
        "fr-simple": "La place est à vous. Venez avec votre code.",
    },
    "seat.booking.answer.confirmed": {"fr": "La place est à vous. Venez avec votre code."},
    "seat.booking.answer.confirmed_at": {
        "fr": "Réponse reçue {moment}. La place est à vous. Venez avec votre code.",
    },
    "seat.booking.answer.cancelled": {"fr": "La place n’est plus à vous."},
    "seat.booking.answer.withdrawn": {
        "fr": "Ne venez pas à cette heure : l’organisateur l’a retirée. Demandez à l’accueil s’il y a une autre date.",
        "fr-simple": "Ne venez pas à cette heure. Demandez à l’accueil s’il y a une autre date.",
    },
    "seat.booking.answer.overruled": {
        "fr": "Cette place ne peut pas être gardée : elle a été donnée à une autre personne. Demandez à l’accueil.",
        "fr-simple": "Cette place n’est plus à vous. Une autre personne l’a. Demandez à l’accueil.",
    },
    "seat.booking.answer.alternatives": {
        "fr": "L’événement a une autre date, où il restait de la place.",
    },
    "seat.booking.answer.alternatives_gone": {
        "fr": "La date proposée n’a plus de place. Demandez à l’accueil.",
    },
    "seat.booking.answer.moved": {"fr": "La date a changé. Voici la nouvelle."},
    "seat.booking.declined.slot_taken": {
        "fr": "Complet : toutes les places sont prises. Voyez les autres événements, ou demandez à l’accueil.",
    },
    "seat.booking.declined.slot_withdrawn": {
        "fr": "L’organisateur a annulé ou déplacé cet événement. Voyez les autres, ou demandez à l’accueil.",
    },
    "seat.booking.declined.slot_past": {"fr": "Il est trop tard : cet événement commence ou a commencé."},
    "seat.booking.declined.slot_unknown": {"fr": "Le service ne connaît plus cet événement. Demandez à l’accueil."},
    "seat.booking.declined.reason": {"fr": "Le service n’a pas pu donner cette place. Demandez à l’accueil."},
    "seat.booking.declined.other": {"fr": "Le service n’a pas pu donner cette place. Demandez à l’accueil."},
    "seat.booking.because.slot_taken": {"fr": "Toutes les places de cette date sont prises."},
    "seat.booking.because.slot_withdrawn": {"fr": "L’organisateur a retiré cette date."},
    "seat.booking.because.slot_past": {"fr": "Il est trop tard pour cette date."},
    "seat.booking.because.slot_unknown": {"fr": "Le service ne connaît plus cette date."},
    "seat.others": {"fr": "Voir les autres événements"},
    "seat.booking.again": {"fr": "Choisir une autre date"},
    "seat.booking.proposal.other": {"fr": "Choisir une autre date"},
    "seat.booking.slip.code_why_guaranteed": {"fr": "Gardez-le. Il sert à revoir ou annuler la place."},
    "seat.booking.slip.next_guaranteed_1": {"fr": "Venez un peu avant l’heure, avec ce code."},
    "seat.booking.slip.next_confirmed_1": {"fr": "Venez un peu avant l’heure, avec ce code."},
    "seat.booking.slip.next_confirmed_2": {"fr": "Un empêchement ? Ici, touchez « J’ai déjà un code »."},
    "seat.booking.slip.next_phone": {"fr": "Une question ? Demandez à l’accueil."},
    # Another date
    "seat.booking.move.section": {"fr": "Changer de date"},
    "seat.booking.move.title": {"fr": "Quelle nouvelle date ?"},
    "seat.booking.hour.other": {"fr": "Aucune date ne va ? Parler à quelqu’un"},
    # By its code
    "seat.reference.found.booking": {"fr": "Votre place"},
    "seat.reference.cancel": {"fr": "Annuler ma place"},
    "seat.reference.cancel_ask_more": {"fr": "La place ne sera plus à vous. Une autre personne pourra l’avoir."},
    "seat.reference.cancel_no": {"fr": "Non, je la garde"},
    "seat.reference.move": {"fr": "Changer de date"},
    "seat.reference.take_back_ask_booking": {
        "fr": "La place sera annulée. Votre prénom et votre contact seront détruits, ici et au service. "
        "On ne peut pas revenir en arrière.",
        "fr-simple": "La place est annulée. On efface votre prénom et votre contact. C’est pour toujours.",
    },
    "seat.reference.taken_back_more": {
        "fr": "La place est annulée. Au service, vos informations sont détruites aussi, "
        "ou le seront au retour du réseau.",
        "fr-simple": "La place est annulée. Votre prénom et votre contact sont effacés.",
    },
}
