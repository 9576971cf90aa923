"""Sentences of what a visitor takes home: the paper, the calendar entry in the telephone, the code read aloud.

They stand on the slips of appointments and of seats alike: nothing in them is about the booth or a counsellor.
"""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    # On the paper
    "take.paper.qr_preparation": {
        "fr": "Visez ce dessin avec votre téléphone, puis touchez l’adresse. Vous voyez où en est votre préparation.",
        "fr-simple": "Visez ce dessin avec votre téléphone. Touchez l’adresse. Vous voyez la suite.",
    },
    "take.paper.qr_booking": {
        "fr": "Visez ce dessin avec votre téléphone, puis touchez l’adresse. Vous voyez la réponse.",
        "fr-simple": "Visez ce dessin avec votre téléphone. Touchez l’adresse. Vous voyez la réponse.",
    },
    "take.paper.keep_code": {"fr": "Gardez votre code. Il sert à revoir cette page."},
    # Printing
    "take.print": {"fr": "Imprimer"},
    "take.print_again": {"fr": "Imprimer encore"},
    "take.printing": {"fr": "Impression…"},
    "take.printing_more": {"fr": "Attendez ici. Votre papier va sortir."},
    "take.printed": {"fr": "Prenez votre papier."},
    "take.printed_more": {"fr": "Il sort de l’imprimante."},
    "take.slow": {"fr": "L’imprimante est lente."},
    "take.slow_more": {
        "fr": "Attendez votre papier. Notez aussi le code, par sécurité.",
        "fr-simple": "Attendez votre papier. Écrivez aussi le code.",
    },
    "take.slow_nocode": {"fr": "Attendez votre papier ici."},
    "take.no_paper": {"fr": "Il n’y a plus de papier dans l’imprimante."},
    "take.stopped": {"fr": "L’imprimante est arrêtée."},
    "take.unknown": {"fr": "L’imprimante n’est pas installée."},
    "take.unreachable": {"fr": "L’imprimante ne répond pas."},
    "take.failed": {"fr": "L’impression n’a pas marché."},
    "take.limit": {"fr": "Vous avez déjà plusieurs papiers."},
    "take.limit_more": {"fr": "Pour un autre papier, demandez à l’accueil."},
    "take.not_out_more": {
        "fr": "Rien ne sortira plus tard. Notez le code, ou prenez l’écran en photo.",
        "fr-simple": "Écrivez le code. Ou prenez l’écran en photo.",
    },
    "take.not_out_nocode": {"fr": "Rien ne sortira plus tard. Prenez l’écran en photo."},
    "take.no_printer": {
        "fr": "Notez ce code, ou prenez l’écran en photo.",
        "fr-simple": "Écrivez ce code. Ou prenez l’écran en photo.",
    },
    # The calendar of the telephone
    "take.phone": {"fr": "Sur mon téléphone"},
    "take.phone_over": {"fr": "Effacer de mon téléphone"},
    "take.phone.title": {"fr": "Mettre dans mon téléphone"},
    "take.phone.title_over": {"fr": "Effacer de mon téléphone"},
    "take.phone.lead": {
        "fr": "Votre téléphone garde le jour et l’heure, même sans réseau.",
        "fr-simple": "Le jour et l’heure restent dans votre téléphone. Même sans réseau.",
    },
    "take.phone.lead_over": {
        "fr": "L’ancienne heure s’efface de l’agenda, même sans réseau.",
        "fr-simple": "L’ancienne heure s’en va de votre téléphone.",
    },
    "take.phone.step1": {"fr": "Ouvrez l’appareil photo de votre téléphone."},
    "take.phone.step2": {"fr": "Visez ce dessin, sans bouger."},
    "take.phone.step3": {"fr": "Sur le téléphone, touchez l’agenda, puis « Ajouter »."},
    "take.phone.step3_over": {"fr": "Sur le téléphone, touchez l’agenda, puis confirmez."},
    "take.phone.only": {
        "fr": "Le code n’est pas dans ce dessin. Gardez-le à part.",
        "fr-simple": "Le code n’est pas dans ce dessin. Gardez-le aussi.",
    },
    "take.phone.qr": {"fr": "Dessin à viser avec l’appareil photo : le jour et l’heure, pour l’agenda"},
    "take.phone.back": {"fr": "Revenir à mon code"},
    # Read aloud
    "take.listen": {"fr": "Écouter mon code"},
    "take.listen_short": {"fr": "Écouter"},
    "take.listen_recap": {"fr": "Écouter mes réponses"},
    "take.listen.headphones": {"fr": "Branchez un casque sur la borne."},
    "take.listen.headphones_code": {"fr": "Sinon, les autres entendent votre code."},
    "take.listen.headphones_recap": {"fr": "Sinon, les autres entendent vos réponses."},
    "take.listen.now": {"fr": "Écouter maintenant"},
    "take.listen.stop": {"fr": "Arrêter"},
    "take.listen.reading": {"fr": "Écoutez. Touchez l’écran pour arrêter."},
    "take.listen.failed": {"fr": "La lecture n’a pas marché. Demandez à l’accueil."},
    # What is spoken
    "spoken.code": {"fr": "Voici votre code, en {count} groupes."},
    "spoken.group": {"fr": "Groupe {number}."},
    "spoken.letter": {"fr": "{letter}, comme {name}."},
    "spoken.digit": {"fr": "{digit}."},
    "spoken.again": {"fr": "Je répète."},
    "spoken.end": {"fr": "C’est tout."},
    "spoken.answer": {"fr": "{label} : {value}."},
    "spoken.recap": {"fr": "Voici vos réponses."},
}
