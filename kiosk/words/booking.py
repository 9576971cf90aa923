"""Sentences of the video appointment. ``fr-simple`` only where the plain French can still be simpler.

« Réserver » (the hour is yours at once) and « demander » (somebody answers) are two things, and so are « réservé »,
« demandé » and « confirmé »: never one word for two of them (docs/sources.md, words).
"""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "booking.section": {"fr": "Rendez-vous vidéo"},
    # 1. The subject
    "booking.reason.title": {"fr": "De quoi voulez-vous parler ?", "fr-simple": "Vous voulez parler de quoi ?"},
    "booking.reason.why": {
        "fr": "En vidéo, en tête à tête avec un conseiller, dans le salon fermé.",
        "fr-simple": "Vous parlez à un conseiller par écran. La porte est fermée.",
    },
    "booking.reason.inscription_aide": {
        "fr": "De l’aide pour m’inscrire",
    },
    "booking.reason.edo": {"fr": "Trouver qui va m’accompagner", "fr-simple": "Savoir qui va m’aider"},
    "booking.reason.dpa": {"fr": "Premier rendez-vous d’accompagnement", "fr-simple": "Mon premier rendez-vous"},
    "booking.reason.suivi": {"fr": "Parler à mon conseiller"},
    "booking.reason.signature_cer": {"fr": "Signer mon contrat d’engagement"},
    "booking.reason.autre": {"fr": "Un autre sujet"},
    "booking.reason.more.inscription_aide": {"fr": "Finir l’inscription sur francetravail.fr, avec quelqu’un."},
    "booking.reason.more.edo": {
        "fr": "Entretien d’orientation : savoir qui va vous suivre.",
        "fr-simple": "On cherche qui va vous aider.",
    },
    "booking.reason.more.dpa": {
        "fr": "Un échange sur votre situation et vos besoins.",
        "fr-simple": "Vous dites ce que vous cherchez.",
    },
    "booking.reason.more.suivi": {"fr": "Vous avez déjà un conseiller."},
    "booking.reason.more.signature_cer": {
        "fr": "En tête à tête avec votre conseiller. Rien ne se signe sur cette borne.",
        "fr-simple": "Vous et votre conseiller. Ici, on ne signe rien.",
    },
    "booking.reason.more.autre": {"fr": "Le conseiller vous dira où aller."},
    "booking.reason.hours_one": {"fr": "Une seule heure à demander : {day}"},
    "booking.reason.hours": {"fr": "À demander dès {day}"},
    "booking.reason.guaranteed_one": {"fr": "Une seule heure à réserver : {day}"},
    "booking.reason.guaranteed": {"fr": "À réserver dès {day}"},
    "booking.reason.none": {"fr": "Aucune heure publiée pour le moment", "fr-simple": "Pas d’heure pour le moment"},
    "booking.reason.choose": {"fr": "Choisissez d’abord un sujet"},
    "booking.none.title": {"fr": "Aucune heure à demander pour le moment"},
    "booking.none.more": {
        "fr": "Revenez un autre jour, appelez le 3949, ou demandez à l’accueil.",
        "fr-simple": "Revenez un autre jour. Ou appelez le 3949. Ou demandez à l’accueil.",
    },
    # 2. The hour
    "booking.hour.title": {"fr": "Quel jour, quelle heure ?"},
    "booking.hour.kind": {"fr": "{duration}, en vidéo, dans le salon fermé"},
    "booking.hour.zone": {"fr": "Heure d’ici."},
    "booking.hour.zone_region": {"fr": "Heure de {region}."},
    "booking.hour.zone_more": {"fr": "Dessous, l’heure de Paris."},
    "booking.hour.sure": {"fr": "Réservation immédiate", "fr-simple": "Réserver tout de suite"},
    "booking.hour.sure_more": {
        "fr": "L’heure est à vous dès que vous confirmez, même sans réseau.",
        "fr-simple": "Vous confirmez, et l’heure est à vous. Même sans réseau.",
    },
    "booking.hour.held": {
        "fr": "Cette heure est gardée pour vous jusqu’à {hour}.",
        "fr-simple": "On garde cette heure pour vous jusqu’à {hour}.",
    },
    "booking.hour.over": {
        "fr": "Les 5 minutes sont passées : l’heure n’est plus gardée. Touchez-la encore, ou continuez.",
    },
    "booking.hour.turned": {
        "fr": "Cette heure ne peut plus être réservée tout de suite. Vous pouvez encore la demander.",
        "fr-simple": "Cette heure ne peut plus être réservée. Vous pouvez la demander.",
    },
    "booking.hour.group": {"fr": "Sur demande"},
    "booking.hour.group_offline": {
        "fr": "Pas encore à vous. La demande part au retour du réseau, la réponse vient ensuite.",
        "fr-simple": "L’heure n’est pas encore à vous. Il n’y a pas de réseau. La réponse viendra plus tard.",
    },
    "booking.hour.known": {"fr": "Heures connues {moment}. D’autres personnes ont pu les demander depuis."},
    "booking.hour.other": {"fr": "Aucune heure ne va ? Parler à quelqu’un"},
    "booking.hour.choose": {"fr": "Choisissez d’abord une heure"},
    "booking.hour.earlier_days": {"fr": "Jours d’avant"},
    "booking.hour.later_days": {"fr": "Jours d’après"},
    "booking.hour.gone": {
        "fr": "Cette heure n’est plus libre. Rien n’est perdu : choisissez une autre heure.",
    },
    "booking.hour.day_full": {"fr": "Plus d’heure ce jour-là. Choisissez un autre jour."},
    "booking.hour.more_hours": {"fr": "Autres heures"},
    "booking.hour.ask": {"fr": "Demander {day}, à {hour}"},
    "booking.hour.book": {"fr": "Réserver {day}, à {hour}"},
    "booking.hour.ask_more": {"fr": "sur demande"},
    "booking.hour.book_more": {"fr": "réservation immédiate"},
    "booking.day.asked": {"fr": "À demander"},
    "booking.day.guaranteed": {"fr": "{count} à réserver"},
    "booking.day.last": {"fr": "Dernière"},
    "booking.day.full": {"fr": "Complet"},
    # 3. Needs
    "booking.need.title": {"fr": "Avez-vous besoin de quelque chose ?"},
    "booking.need.why": {
        "fr": "Pour préparer le salon. Vous pouvez continuer sans rien choisir.",
        "fr-simple": "C’est pour préparer la pièce. Vous pouvez ne rien choisir.",
    },
    "booking.need.lsf": {"fr": "La langue des signes"},
    "booking.need.langue": {"fr": "Une autre langue que le français"},
    "booking.need.fauteuil": {"fr": "De la place pour un fauteuil roulant"},
    "booking.need.aide_ordinateur": {"fr": "De l’aide avec l’ordinateur"},
    "booking.need.none": {"fr": "Continuer sans rien demander"},
    # 4. Contact
    "booking.contact.title": {"fr": "Comment vous prévenir ?"},
    "booking.contact.why": {
        "fr": "Si l’heure change, on vous prévient. Ce n’est pas obligatoire : votre code suffit.",
        "fr-simple": "Si l’heure change, on vous le dit. Vous pouvez dire non : votre code suffit.",
    },
    "booking.contact.phone": {"fr": "Par téléphone"},
    "booking.contact.email": {"fr": "Par e-mail"},
    "booking.contact.none": {"fr": "Non, je reviens avec mon code", "fr-simple": "Non, je reviens avec mon code"},
    "booking.contact.none_more": {"fr": "Sans contact, revenez voir ici, avec votre code."},
    "booking.contact.choose": {"fr": "Choisissez d’abord une réponse"},
    "booking.phone.title": {"fr": "Quel est votre numéro de téléphone ?"},
    "booking.phone.label": {"fr": "Téléphone"},
    "booking.email.title": {"fr": "Quel est votre e-mail ?"},
    "booking.email.label": {"fr": "Adresse e-mail"},
    "booking.contact.sealed": {
        "fr": "Fermé à clé dès que vous confirmez. Cette borne ne peut plus le relire.",
        "fr-simple": "C’est fermé à clé. Cette borne ne peut plus le lire après.",
    },
    "booking.privacy.why": {
        "fr": "Votre contact et votre prénom servent à ce rendez-vous, et à rien d’autre.",
        "fr-simple": "Votre contact et votre prénom servent à ce rendez-vous. C’est tout.",
    },
    "booking.privacy.who": {
        "fr": "Responsable : {operator}. Seules des personnes autorisées les lisent.",
        "fr-simple": "Le responsable : {operator}. Des personnes autorisées peuvent les lire.",
    },
    "booking.privacy.kept": {
        "fr": "Durée : {duration}. Chaque lecture est notée.",
        "fr-simple": "On les garde : {duration}. On note qui lit.",
    },
    "booking.privacy.usual": {"fr": "jusqu’au rendez-vous, puis 7 jours en général"},
    "booking.privacy.full": {"fr": "Tout lire sur vos données"},
    "booking.privacy.close": {"fr": "Revenir à la question"},
    "booking.first_name.title": {"fr": "Quel est votre prénom ?"},
    "booking.first_name.label": {"fr": "Prénom"},
    "booking.first_name.why": {
        "fr": "Pour que le conseiller sache comment vous appeler. Vous pouvez passer.",
        "fr-simple": "Le conseiller vous appelle par votre prénom. Vous pouvez passer.",
    },
    "booking.first_name.skip": {"fr": "Passer cette question"},
    # 5. Recap
    "booking.recap.title": {"fr": "Tout est juste ?"},
    "booking.recap.reason": {"fr": "Sujet"},
    "booking.recap.when": {"fr": "Jour et heure"},
    "booking.recap.place": {"fr": "Lieu"},
    "booking.recap.place_value": {"fr": "{site}, salon fermé {booth}"},
    "booking.recap.needs": {"fr": "Besoins"},
    "booking.recap.needs_none": {"fr": "Aucun"},
    "booking.recap.contact": {"fr": "Pour vous prévenir"},
    "booking.recap.contact_none": {"fr": "Aucun contact : vous revenez avec votre code"},
    "booking.recap.first_name": {"fr": "Prénom"},
    "booking.recap.first_name_none": {"fr": "Pas donné"},
    "booking.recap.edit": {"fr": "Modifier"},
    "booking.recap.not_sure": {"fr": "C’est une demande. L’heure n’est pas encore à vous."},
    "booking.recap.not_sure_online": {
        "fr": "La réponse arrive ici, en quelques secondes.",
    },
    "booking.recap.not_sure_offline": {
        "fr": "Pas de réseau : la demande part dès son retour. Revenez voir la réponse avec votre code.",
    },
    "booking.recap.held_more": {
        "fr": "Elle est à vous dès que vous touchez « Réserver cette heure », même sans réseau.",
        "fr-simple": "Touchez « Réserver cette heure » : elle est à vous.",
    },
    "booking.recap.over": {
        "fr": "L’heure n’est plus gardée : les 5 minutes sont passées.",
        "fr-simple": "Les 5 minutes sont passées. L’heure n’est plus gardée.",
    },
    "booking.recap.over_more": {
        "fr": "Rien n’est perdu. Touchez « {label} » : si elle est encore libre, elle est à vous.",
    },
    "booking.recap.turned": {
        "fr": "Cette heure ne peut plus être réservée tout de suite.",
        "fr-simple": "Cette heure ne peut plus être réservée.",
    },
    "booking.recap.turned_more": {
        "fr": "Rien n’est perdu : vous pouvez la demander, ou choisir une autre heure avec « Modifier ».",
        "fr-simple": "Rien n’est perdu. Vous pouvez la demander. Une autre heure ? Touchez « Modifier ».",
    },
    "booking.recap.confirm": {"fr": "Demander cette heure"},
    "booking.recap.confirm_several": {"fr": "Demander une de ces heures"},
    "booking.recap.book": {"fr": "Réserver cette heure"},
    "booking.recap.twice": {
        "fr": "Vous avez déjà demandé ou réservé une heure pour ce sujet. "
        "Pour en changer : menu, « J’ai déjà un code ».",
    },
    # 6. The slip and the answer
    "booking.done.requested": {"fr": "C’est demandé."},
    "booking.done.guaranteed": {"fr": "Rendez-vous réservé."},
    "booking.done.confirmed": {"fr": "C’est confirmé."},
    "booking.done.declined": {"fr": "Cette heure n’est pas possible."},
    "booking.done.cancelled": {"fr": "Ce rendez-vous est annulé."},
    "booking.done.withdrawn": {"fr": "Annulé par l’organisme."},
    "booking.done.overruled": {"fr": "Ce rendez-vous est à revoir."},
    "booking.done.rejected": {"fr": "La demande n’a pas été acceptée."},
    "booking.kind.requested": {"fr": "Demandé, réponse attendue"},
    "booking.kind.guaranteed": {"fr": "Réservé"},
    "booking.kind.confirmed": {"fr": "Confirmé"},
    "booking.kind.declined": {"fr": "Refusé"},
    "booking.kind.cancelled": {"fr": "Annulé"},
    "booking.kind.withdrawn": {"fr": "Annulé par l’organisme"},
    "booking.kind.overruled": {"fr": "À revoir"},
    "booking.kind.rejected": {"fr": "Mis de côté"},
    "booking.answer.kept": {
        "fr": "La demande sera envoyée dès le retour du réseau. L’heure n’est pas encore à vous.",
        "fr-simple": "Il n’y a pas de réseau. La demande part plus tard. L’heure n’est pas encore à vous.",
    },
    "booking.answer.sending": {"fr": "Envoi en cours. La réponse arrive ici, en quelques secondes."},
    "booking.answer.asked": {
        "fr": "Demande reçue. L’organisme n’a pas encore répondu : l’heure n’est pas encore à vous.",
        "fr-simple": "La demande est arrivée. La réponse n’est pas encore là.",
    },
    "booking.answer.guaranteed": {
        "fr": "L’heure est à vous, même sans réseau. Venez 5 minutes avant, avec votre code.",
        "fr-simple": "L’heure est à vous. Venez 5 minutes avant, avec votre code.",
    },
    "booking.answer.confirmed": {"fr": "L’heure est à vous. Venez 5 minutes avant, avec votre code."},
    "booking.answer.confirmed_at": {
        "fr": "Réponse reçue {moment}. L’heure est à vous. Venez 5 minutes avant, avec votre code.",
    },
    "booking.answer.cancelled": {"fr": "L’heure n’est plus à vous. Vous pouvez en demander une autre."},
    "booking.answer.withdrawn": {
        "fr": "L’organisme ne peut plus vous recevoir à cette heure. Choisissez une autre heure, ici ou à l’accueil.",
        "fr-simple": "L’organisme ne peut plus vous recevoir à cette heure. Choisissez une autre heure.",
    },
    "booking.answer.overruled": {
        "fr": "Ce rendez-vous ne peut pas être tenu : l’heure a été donnée à une autre personne. "
        "Choisissez une autre heure, ou demandez à l’accueil.",
        "fr-simple": "Ce rendez-vous ne peut pas être tenu. Choisissez une autre heure, ou demandez à l’accueil.",
    },
    "booking.answer.rejected": {"fr": "Gardez votre code et demandez à l’accueil."},
    "booking.declined.slot_taken": {
        "fr": "Quelqu’un l’a eue avant vous. Rien n’est perdu : choisissez une autre heure.",
    },
    "booking.declined.booth_busy": {
        "fr": "Le salon fermé est déjà pris à cette heure. Rien n’est perdu : choisissez une autre heure.",
    },
    "booking.declined.slot_withdrawn": {
        "fr": "L’organisme a retiré cette heure. Rien n’est perdu : choisissez une autre heure.",
    },
    "booking.declined.slot_past": {
        "fr": "Cette heure est passée. Choisissez une autre heure.",
    },
    "booking.declined.slot_unknown": {
        "fr": "Le service ne connaît plus cette heure. Choisissez une autre heure.",
    },
    "booking.declined.reason": {
        "fr": "Cette heure est prévue pour un autre sujet. Choisissez une autre heure.",
    },
    "booking.declined.other": {
        "fr": "Le service n’a pas pu donner cette heure. Choisissez une autre heure, ou demandez à l’accueil.",
    },
    # Before the other hours that the hub proposes
    "booking.because.slot_taken": {"fr": "Quelqu’un a eu cette heure avant vous."},
    "booking.because.booth_busy": {"fr": "Le salon fermé est déjà pris à cette heure."},
    "booking.because.slot_withdrawn": {"fr": "L’organisme a retiré cette heure."},
    "booking.because.slot_past": {"fr": "Cette heure est passée."},
    "booking.because.slot_unknown": {"fr": "Le service ne connaît plus cette heure."},
    "booking.because.reason": {"fr": "Cette heure est prévue pour un autre sujet."},
    "booking.again": {"fr": "Choisir une autre heure"},
    "booking.slip.code": {"fr": "Votre code"},
    "booking.slip.code_why": {"fr": "Gardez-le. Il sert à voir la réponse."},
    "booking.slip.code_why_desk": {"fr": "Gardez-le, et montrez-le à l’accueil."},
    "booking.slip.code_why_guaranteed": {"fr": "Gardez-le. Il sert à revoir ou annuler le rendez-vous."},
    "booking.slip.when": {"fr": "Jour et heure"},
    "booking.slip.place": {"fr": "Lieu"},
    "booking.slip.kind": {"fr": "État"},
    "booking.slip.next": {"fr": "Et maintenant"},
    "booking.slip.next_requested_1": {"fr": "Attendez la réponse avant de venir."},
    "booking.slip.next_requested_2": {"fr": "Ici, touchez « J’ai déjà un code »."},
    "booking.slip.next_guaranteed_1": {"fr": "Venez 5 minutes avant, au salon fermé, avec ce code."},
    "booking.slip.next_guaranteed_2": {"fr": "Un empêchement ? Ici, touchez « J’ai déjà un code »."},
    "booking.slip.next_confirmed_1": {"fr": "Venez 5 minutes avant, au salon fermé."},
    "booking.slip.next_confirmed_2": {"fr": "Prenez avec vous les papiers utiles à votre sujet."},
    "booking.slip.next_phone": {"fr": "Une question ? Appelez le 3949 (prix d’un appel)."},
    "booking.slip.qr": {
        "fr": "Visez ce dessin avec votre téléphone, puis touchez l’adresse. Vous voyez la réponse.",
        "fr-simple": "Visez ce dessin avec votre téléphone. Touchez l’adresse. Vous voyez la réponse.",
    },
    "booking.finish": {"fr": "J’ai noté mon code, terminer"},
    "booking.home": {"fr": "Faire autre chose"},
}
