"""The guided window: its bar, its panels, and what the kiosk says before, during and after it."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    # The bar, on every page of the window
    "window.bar.name": {"fr": "Barre de la borne"},
    "window.bar.where": {"fr": "Vous êtes sur"},
    "window.bar.nowhere": {"fr": "Un instant"},
    "window.bar.here": {"fr": "cette borne"},
    "window.bar.finish": {"fr": "Terminer"},
    "window.bar.help": {"fr": "Aide"},
    "window.bar.back": {"fr": "Revenir en arrière", "fr-simple": "Page d’avant"},
    "window.bar.to_bottom": {"fr": "Barre en bas"},
    "window.bar.to_top": {"fr": "Barre en haut"},
    "window.bar.keyboard": {"fr": "Clavier"},
    "window.bar.left": {"fr": "Encore {minutes} minutes"},
    "window.bar.left_one": {"fr": "Encore 1 minute"},
    # Its keyboard
    "window.key.shift": {"fr": "Maj"},
    "window.key.digits": {"fr": "123 @"},
    "window.key.letters": {"fr": "abc"},
    "window.key.space": {"fr": "espace"},
    "window.key.hide": {"fr": "Cacher"},
    "window.key.next": {"fr": "Suivant"},
    "window.key.enter": {"fr": "Valider"},
    "window.key.Backspace": {"fr": "Effacer"},
    "window.key.Tab": {"fr": "Suivant"},
    "window.key.Enter": {"fr": "Valider"},
    # « Terminer »
    "window.finish.title": {"fr": "Terminer ici ?"},
    "window.finish.text": {
        "fr": "La fenêtre se ferme. Ce que vous n’avez pas envoyé est perdu.",
        "fr-simple": "La fenêtre se ferme. Ce qui n’est pas envoyé est perdu.",
    },
    "window.finish.erased": {
        "fr": "Vous ne serez plus connecté. Rien ne reste sur cette borne.",
        "fr-simple": "Rien de vous ne reste sur cette borne.",
    },
    "window.finish.yes": {"fr": "Fermer la fenêtre"},
    "window.finish.no": {"fr": "Non, je reste"},
    # « Aide »
    "window.help.title": {"fr": "Aide, urgence"},
    "window.help.private": {"fr": "Personne ici ne voit ce que vous écrivez."},
    "window.help.call": {
        "fr": "Vous pouvez appeler d’ici : la borne sonne, et l’écran demande de l’aide en grand.",
        "fr-simple": "Appelez d’ici : la borne sonne.",
    },
    "window.help.desk": {
        "fr": "Vous pouvez demander à la personne de l’accueil. Ne donnez votre mot de passe à personne.",
        "fr-simple": "Demandez à l’accueil. Gardez votre mot de passe pour vous.",
    },
    "window.help.desk_phone": {"fr": "Téléphone de l’accueil : {phone}"},
    "window.help.urgent": {"fr": "En cas d’urgence, appelez :"},
    "window.help.hidden": {
        "fr": "Un bouton de la page est caché ? Déplacez la barre.",
    },
    "window.help.close": {"fr": "Fermer"},
    "window.close_panel": {"fr": "Revenir à la page"},
    # The flag of a call for help: its other sentences are the kiosk's own
    "window.call.meanwhile": {
        "fr": "Votre page est encore là, sous ce message. Si vous partez, touchez d’abord « Terminer ».",
        "fr-simple": "Votre page est encore là. Avant de partir, touchez « Terminer ».",
    },
    # What the window does not do
    "window.stopped.title": {"fr": "Cette adresse ne s’ouvre pas ici"},
    "window.stopped.text": {
        "fr": "Cette borne ouvre seulement les sites utiles à votre démarche. Votre page est encore là.",
        "fr-simple": "Ici, seulement quelques sites s’ouvrent. Votre page est encore là.",
    },
    "window.stopped.host": {"fr": "Adresse demandée : {host}"},
    "window.unreachable.title": {"fr": "Le site ne répond pas"},
    "window.unreachable.text": {
        "fr": "Il n’y a peut-être plus de réseau, ou le site est arrêté. Ce n’est pas votre faute.",
        "fr-simple": "Peut-être pas de réseau. Ce n’est pas votre faute.",
    },
    "window.unreachable.then": {
        "fr": "Réessayez dans un moment, ou demandez à l’accueil.",
    },
    "window.unreachable.retry": {"fr": "Réessayer"},
    "window.files.title": {"fr": "Pas de document depuis cette borne"},
    "window.files.text": {
        "fr": "Cette borne ne peut pas envoyer de document. Vous pourrez le faire chez vous, ou avec votre téléphone.",
        "fr-simple": "Ici, on ne peut pas envoyer un document. Faites-le avec votre téléphone.",
    },
    "window.download.title": {"fr": "Rien ne s’enregistre ici"},
    "window.download.text": {
        "fr": "Cette borne ne garde aucun document. Il reste dans votre espace personnel.",
        "fr-simple": "La borne ne garde rien. Votre document reste sur le site.",
    },
    "window.document.title": {"fr": "Votre document"},
    "window.document.text": {
        "fr": "Vous pouvez imprimer ce document. Cette borne n’en garde rien.",
        "fr-simple": "Vous pouvez l’imprimer. La borne ne garde rien.",
    },
    "window.print.do": {"fr": "Imprimer"},
    "window.printing.title": {"fr": "Impression en cours"},
    "window.printing.text": {"fr": "Un instant."},
    "window.printed.title": {"fr": "C’est envoyé à l’imprimante"},
    "window.printed.text": {
        "fr": "Prenez votre papier avant de partir.",
    },
    "window.not_printed.title": {"fr": "Le papier n’est pas sorti"},
    "window.not_printed.text": {"fr": "Demandez à l’accueil. Votre page est encore là."},
    "window.no_printer.title": {"fr": "Pas d’imprimante sur cette borne"},
    "window.no_printer.text": {
        "fr": "Ce document reste sur le site. Vous pourrez l’imprimer ailleurs, ou demander à l’accueil.",
        "fr-simple": "Votre document reste sur le site. Demandez à l’accueil.",
    },
    # Silence
    "window.idle.title": {"fr": "Êtes-vous toujours là ?"},
    "window.idle.text": {
        "fr": "Sinon, la fenêtre se ferme et tout est effacé.",
    },
    "window.idle.yes": {"fr": "Oui, je continue"},
    "window.idle.second": {"fr": "seconde"},
    "window.idle.seconds": {"fr": "secondes"},
    # The kiosk, before the window
    "window.sheet.open": {"fr": "Ouvrir {host}"},
    "window.sheet.first": {"fr": "Une autre fenêtre s’ouvre, sur tout l’écran."},
    "window.sheet.bar": {
        "fr": "En haut, « Terminer » ferme la fenêtre et vous ramène ici.",
        "fr-simple": "« Terminer », en haut, vous ramène ici.",
    },
    "window.sheet.private": {
        "fr": "Personne ici ne voit ce que vous écrivez. Rien n’en reste sur cette borne.",
        "fr-simple": "Personne ne voit ce que vous écrivez. Rien ne reste ici.",
    },
    "window.sheet.secret": {"fr": "Ne donnez votre mot de passe à personne."},
    "window.sheet.offline.title": {"fr": "Le site ne peut sans doute pas s’ouvrir."},
    "window.sheet.offline.text": {
        "fr": "Rien n’est perdu : continuez ici, ou revenez plus tard.",
    },
    "window.sheet.offline.try": {"fr": "Essayer quand même"},
    "window.sheet.absent.title": {"fr": "Cette borne n’ouvre pas internet."},
    "window.sheet.absent.text": {
        "fr": "Allez sur {host} avec votre téléphone, ou demandez un poste à l’accueil.",
        "fr-simple": "Prenez votre téléphone, ou demandez à l’accueil.",
    },
    "window.sheet.unknown.title": {"fr": "Cette adresse n’est plus connue ici. Demandez à l’accueil."},
    "window.video": {"fr": "Rendez-vous en visio"},
    "window.check": {"fr": "Essai de la caméra et du son"},
    # The kiosk, while the window is open
    "window.cover.opening": {"fr": "La fenêtre s’ouvre"},
    "window.cover.opening_text": {"fr": "Un instant."},
    "window.cover.title": {"fr": "Une fenêtre est ouverte"},
    "window.cover.text": {
        "fr": "Si vous ne la voyez plus, fermez-la ici. Vous reviendrez où vous étiez.",
        "fr-simple": "Vous ne la voyez plus ? Fermez-la ici.",
    },
    "window.cover.close": {"fr": "La fermer"},
    # The kiosk, after it
    "window.after.lost.title": {"fr": "La fenêtre s’est fermée toute seule."},
    "window.after.lost.text": {
        "fr": "Ce que vous aviez écrit ici est encore là. Vous pouvez ouvrir la fenêtre à nouveau.",
        "fr-simple": "Ici, rien n’est perdu. Vous pouvez recommencer.",
    },
    "window.after.failed.title": {"fr": "La fenêtre ne s’est pas ouverte."},
    "window.after.failed.text": {"fr": "Rien n’est perdu. Réessayez, ou demandez à l’accueil."},
    "window.after.limit.title": {"fr": "Le temps de ce rendez-vous est fini."},
    "window.after.limit.short": {"fr": "Rendez-vous terminé"},
    "window.after.limit.text": {"fr": "La fenêtre est fermée. Rien n’en reste ici."},
    # Ways into it
    "window.self_register": {
        "fr": "M’inscrire moi-même en ligne, maintenant",
        "fr-simple": "M’inscrire sur internet, maintenant",
    },
}
