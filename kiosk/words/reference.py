"""Sentences of « J’ai déjà un code »: a state in words, never a name, never « inscrit »."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "reference.title": {"fr": "Quel est votre code ?"},
    "reference.why": {
        "fr": "Les 10 caractères de votre papier, par exemple « ABC DEF GHJK ».",
        "fr-simple": "Il est sur votre papier. Il a 10 lettres et chiffres.",
    },
    "reference.label": {"fr": "Votre code"},
    "reference.open": {"fr": "Voir où j’en suis"},
    "reference.empty": {"fr": "Tapez d’abord votre code."},
    "reference.missing_one": {
        "fr": "Il manque 1 caractère. Un code en a 10.",
        "fr-simple": "Il manque 1 lettre, ou 1 chiffre. Regardez votre papier.",
    },
    "reference.missing": {
        "fr": "Il manque {count} caractères. Un code en a 10.",
        "fr-simple": "Il manque {count} lettres ou chiffres. Regardez votre papier.",
    },
    "reference.extra_one": {
        "fr": "Il y a 1 caractère en trop. Un code en a 10.",
        "fr-simple": "Il y a 1 lettre, ou 1 chiffre, en trop. Regardez votre papier.",
    },
    "reference.extra": {
        "fr": "Il y a {count} caractères en trop. Un code en a 10.",
        "fr-simple": "Il y a {count} lettres ou chiffres en trop. Regardez votre papier.",
    },
    "reference.wrong_check": {
        "fr": "Un caractère ne va pas. Relisez votre papier et corrigez.",
        "fr-simple": "Une lettre, ou un chiffre, n’est pas juste. Regardez votre papier.",
    },
    "reference.unknown": {
        "fr": "Je ne peux pas vérifier ici, demandez à l’accueil.",
    },
    "reference.unknown_more": {
        "fr": "Votre code peut être bon : sans réseau, cette borne ne connaît pas tout.",
        "fr-simple": "Votre code est peut-être bon. Mais cette borne ne le connaît pas.",
    },
    "reference.not_found": {
        "fr": "Je ne trouve pas ce code. Relisez votre papier.",
    },
    "reference.not_found_more": {
        "fr": "Il vient peut-être d’un autre lieu : demandez à l’accueil.",
    },
    "reference.not_a_slip": {"fr": "Ce dessin ne vient pas d’un papier de Point Contact. Tapez les 10 caractères."},
    "reference.needs_network": {"fr": "Pas de réseau : cette borne ne peut pas lire ce dessin."},
    "reference.needs_network_more": {"fr": "Tapez les 10 caractères du papier, ou revenez plus tard."},
    "reference.not_shown": {"fr": "Je ne peux pas ouvrir ce papier ici, demandez à l’accueil."},
    "reference.not_shown_more": {"fr": "Votre papier est peut-être bon. Gardez-le."},
    "reference.locked": {
        "fr": "Trop d’essais. Attendez 15 minutes, ou demandez à l’accueil.",
    },
    "reference.locked_more": {"fr": "C’est pour protéger les codes des autres personnes."},
    "reference.found.registration": {"fr": "Votre préparation"},
    "reference.found.booking": {"fr": "Votre rendez-vous vidéo"},
    "reference.state.preparee": {"fr": "Préparée, pas encore envoyée"},
    "reference.state.preparee_sent": {"fr": "Envoyée, pas encore lue"},
    "reference.state.recue": {"fr": "Reçue {moment}"},
    "reference.state.recue_undated": {"fr": "Reçue"},
    "reference.state.transmise": {"fr": "Transmise à l’organisme"},
    "reference.state.a_completer": {"fr": "À compléter"},
    "reference.state.close": {"fr": "Close"},
    "reference.more.preparee": {
        "fr": "Gardée sur cette borne, fermée à clé. Sera envoyée dès le retour du réseau.",
    },
    "reference.more.preparee_rejected": {"fr": "Elle n’a pas été acceptée. Gardez votre code et demandez à l’accueil."},
    "reference.more.recue": {"fr": "Une personne va la lire. Terminez sur francetravail.fr, ici ou chez vous."},
    "reference.more.transmise": {"fr": "Terminez sur francetravail.fr, ici ou chez vous."},
    "reference.more.a_completer": {"fr": "Il manque une information. Demandez à l’accueil."},
    "reference.more.close": {"fr": "Cette préparation est terminée. Pour la suite : francetravail.fr ou le 3949."},
    "reference.state.retiree": {"fr": "Retirée"},
    "reference.more.retiree": {
        "fr": "Ce que vous aviez écrit est détruit, ici et au service.",
    },
    "reference.more.retiree_waiting": {
        "fr": "Ce que vous aviez écrit est détruit ici. Au service, ce sera fait dès le retour du réseau.",
    },
    "reference.made": {"fr": "Faite {moment}"},
    "reference.asked": {"fr": "Demandé {moment}"},
    "reference.as_of": {"fr": "État connu {moment}."},
    "reference.as_of_offline": {"fr": "État connu {moment}. Il a pu changer : il n’y a pas de réseau."},
    "reference.as_of_never": {"fr": "Cette borne n’a pas encore eu de réponse du service."},
    "reference.slot_unknown": {"fr": "L’heure n’est plus sur cette borne. Demandez à l’accueil."},
    "reference.cancel": {"fr": "Annuler ce rendez-vous"},
    "reference.cancel_ask": {"fr": "Annuler vraiment ?"},
    "reference.cancel_ask_more": {
        "fr": "L’heure ne sera plus à vous. Une autre personne pourra la demander.",
    },
    "reference.cancel_yes": {"fr": "Oui, annuler"},
    "reference.cancel_no": {"fr": "Non, je le garde"},
    "reference.move": {"fr": "Changer d’heure"},
    "reference.moved": {"fr": "L’heure a changé. Voici la nouvelle."},
    "reference.moved_more": {"fr": "Votre ancien papier ne sert plus. Notez la nouvelle heure."},
    "reference.asked_change": {"fr": "Changement demandé"},
    "reference.asked_change_hour": {"fr": "{moment}. Réponse attendue : l’heure du haut reste à vous jusque-là."},
    "reference.asked_change_request": {"fr": "{moment}. Réponse attendue."},
    "reference.take_back": {"fr": "Retirer mes informations"},
    "reference.take_back_ask": {"fr": "Retirer vraiment vos informations ?"},
    "reference.take_back_ask_registration": {
        "fr": "Toutes vos réponses seront détruites, ici et au service. On ne peut pas revenir en arrière.",
        "fr-simple": "On efface tout ce que vous avez écrit, ici et au service. C’est pour toujours.",
    },
    "reference.take_back_ask_booking": {
        "fr": "Le rendez-vous sera annulé. Votre prénom et votre contact seront détruits, ici et au service. "
        "On ne peut pas revenir en arrière.",
        "fr-simple": "Le rendez-vous est annulé. On efface votre prénom et votre contact. C’est pour toujours.",
    },
    "reference.take_back_ask_ended": {
        "fr": "Votre prénom et votre contact seront détruits, ici et au service. On ne peut pas revenir en arrière.",
        "fr-simple": "On efface votre prénom et votre contact. C’est pour toujours.",
    },
    "reference.take_back_yes": {"fr": "Oui, tout détruire"},
    "reference.take_back_no": {"fr": "Non, garder"},
    "reference.taken_back": {"fr": "Vos informations sont détruites."},
    "reference.taken_back_more": {
        "fr": "Le rendez-vous est annulé. Au service, vos informations sont détruites aussi, "
        "ou le seront au retour du réseau.",
        "fr-simple": "Le rendez-vous est annulé. Votre prénom et votre contact sont effacés.",
    },
    "reference.when_over": {"fr": "Ce n’est plus votre heure"},
    "reference.when_declined": {"fr": "Heure demandée"},
    "reference.not_possible": {"fr": "Ce n’est plus possible ici. Demandez à l’accueil."},
    "reference.another": {"fr": "Taper un autre code"},
    "reference.home": {"fr": "Revenir au menu"},
}
