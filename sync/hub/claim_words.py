"""What the pages of a slip say, in the language of the slip. Pure: words and dates, no HTML.

French stands beside every other language; a language without words here gets French and English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sync.agenda import AFAR, Booked
from sync.hub import french_time
from sync.hub.french_time import NBSP, local
from sync.promise import PLACED

FRENCH, SIMPLE, ENGLISH, ARABIC = "fr", "fr-simple", "en", "ar"
RIGHT_TO_LEFT = frozenset({ARABIC})


@dataclass(frozen=True)
class Words:
    """A title and the lines under it."""

    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """What one page has to say, in no language yet.

    Attributes:
        code: a key of ``PAGES``.
        notes: keys of ``PAGES`` whose titles come after its lines.
        starts_at: when the appointment is, UTC text; shown with ``place``.
        place: where; shown as it is written.
        zone: whose clocks count.
        received_at: when a preparation was received, UTC text.
        was_at: when it would have been, UTC text, for what will not be.
        others: when the hours are that the hub proposes instead, UTC texts.
        mandatory: the sentence that never leaves a preparation's page.
        booked: what the calendar entry is made of, where there is one.
    """

    code: str
    notes: tuple[str, ...] = ()
    starts_at: str | None = None
    place: str = ""
    zone: str = french_time.PARIS
    received_at: str | None = None
    was_at: str | None = None
    others: tuple[str, ...] = field(default=())
    mandatory: bool = False
    booked: Booked | None = None


_OTHER_FR = "Choisissez un autre créneau à la borne ou à l’accueil."
_OTHER_SIMPLE = "Vous pouvez choisir une autre heure. Allez à la borne ou à l’accueil."
_OTHER_EN = "Choose another time at the terminal or at the reception desk."
_OTHER_AR = "اختر موعدًا آخر من الجهاز أو لدى الاستقبال."
_COME_FR = "Venez cinq minutes avant, avec votre ticket."
_COME_SIMPLE = "Venez 5 minutes avant. Prenez votre ticket."
_COME_EN = "Come five minutes early, with your slip."
_COME_AR = "احضر قبل الموعد بخمس دقائق ومعك التذكرة."
_JOIN = {
    FRENCH: "Ne venez pas : c’est à distance. Demandez à l’accueil comment vous connecter.",
    SIMPLE: "C’est à distance : vous ne venez pas. Demandez à l’accueil comment faire.",
    ENGLISH: "Do not come: it is online. Ask at the reception desk how to join.",
    ARABIC: "لا داعي للحضور: اللقاء عن بُعد. اسأل الاستقبال كيف تنضم.",
}
_AFAR = {FRENCH: AFAR, SIMPLE: AFAR, ENGLISH: "Online", ARABIC: "عن بُعد"}
"""In the place of what a page says of coming, and of where, for a seat from afar."""

PAGES: Mapping[str, Mapping[str, Words]] = {
    "requested": {
        FRENCH: Words("Demande reçue", ("La réponse n’est pas encore connue : rouvrez cette page plus tard.",)),
        SIMPLE: Words(
            "Nous avons votre demande", ("Il n’y a pas de réponse pour le moment.", "Regardez cette page plus tard.")
        ),
        ENGLISH: Words("Request received", ("There is no answer yet: open this page again later.",)),
        ARABIC: Words("تم استلام الطلب", ("لم يصدر الرد بعد: أعد فتح هذه الصفحة لاحقًا.",)),
    },
    "in_line": {
        FRENCH: Words(
            "Vous êtes en liste d’attente",
            ("La place n’est pas encore à vous.", "Si quelqu’un part, elle est à vous : rouvrez cette page."),
        ),
        SIMPLE: Words(
            "Vous attendez une place",
            ("La place n’est pas à vous pour le moment.", "Regardez cette page plus tard."),
        ),
        ENGLISH: Words(
            "You are on the waiting list",
            ("The place is not yours yet.", "If somebody leaves it is yours: open this page again."),
        ),
        ARABIC: Words(
            "أنت في قائمة الانتظار", ("المكان ليس لك بعد.", "إذا انسحب أحد فهو لك: أعد فتح هذه الصفحة لاحقًا.")
        ),
    },
    "earlier": {
        FRENCH: Words("Votre rendez-vous reste à vous. Pour changer : à la borne ou à l’accueil, avec votre ticket."),
        SIMPLE: Words("Vous gardez votre rendez-vous. Pour changer : allez à la borne ou à l’accueil."),
        ENGLISH: Words("Your appointment stays yours. To change it: at the terminal or at the desk, with your slip."),
        ARABIC: Words("موعدك يبقى لك. لتغييره: من الجهاز أو لدى الاستقبال ومعك التذكرة."),
    },
    "guaranteed": {
        FRENCH: Words("Votre rendez-vous est réservé", (_COME_FR,)),
        SIMPLE: Words("Votre rendez-vous est réservé", (_COME_SIMPLE,)),
        ENGLISH: Words("Your appointment is booked", (_COME_EN,)),
        ARABIC: Words("موعدك محجوز", (_COME_AR,)),
    },
    "confirmed": {
        FRENCH: Words("Votre rendez-vous est confirmé", (_COME_FR,)),
        SIMPLE: Words("Votre rendez-vous est confirmé", (_COME_SIMPLE,)),
        ENGLISH: Words("Your appointment is confirmed", (_COME_EN,)),
        ARABIC: Words("موعدك مؤكَّد", (_COME_AR,)),
    },
    "declined": {
        FRENCH: Words("Ce créneau n’a pas pu être réservé", (_OTHER_FR,)),
        SIMPLE: Words("Cette heure n’est pas libre", (_OTHER_SIMPLE,)),
        ENGLISH: Words("This time could not be booked", (_OTHER_EN,)),
        ARABIC: Words("تعذّر حجز هذا الموعد", (_OTHER_AR,)),
    },
    "alternatives": {
        FRENCH: Words(
            "Ce créneau est pris, d’autres vous sont proposés",
            ("Rien n’est réservé pour vous encore : choisissez à la borne ou à l’accueil, avec votre ticket.",),
        ),
        SIMPLE: Words(
            "Cette heure est prise. Voici d’autres heures",
            ("Rien n’est réservé pour vous.", "Choisissez à la borne ou à l’accueil. Prenez votre ticket."),
        ),
        ENGLISH: Words(
            "This time is taken, others are offered to you",
            ("Nothing is booked for you yet: choose at the terminal or at the reception desk, with your slip.",),
        ),
        ARABIC: Words(
            "هذا الموعد محجوز، وهذه مواعيد أخرى مقترحة",
            ("لم يُحجز لك شيء بعد: اختر من الجهاز أو لدى الاستقبال ومعك التذكرة.",),
        ),
    },
    "cancelled": {
        FRENCH: Words("Ce rendez-vous est annulé", (_OTHER_FR,)),
        SIMPLE: Words("Ce rendez-vous est annulé", (_OTHER_SIMPLE,)),
        ENGLISH: Words("This appointment is cancelled", (_OTHER_EN,)),
        ARABIC: Words("أُلغي هذا الموعد", (_OTHER_AR,)),
    },
    "withdrawn": {
        FRENCH: Words("Ce rendez-vous est annulé par l’organisme", (_OTHER_FR,)),
        SIMPLE: Words("Ce rendez-vous est annulé par l’organisme", (_OTHER_SIMPLE,)),
        ENGLISH: Words("This appointment was cancelled by the organisation", (_OTHER_EN,)),
        ARABIC: Words("ألغت الجهة المنظِّمة هذا الموعد", (_OTHER_AR,)),
    },
    "overruled": {
        FRENCH: Words(
            "Ce rendez-vous ne peut pas être tenu",
            ("Appelez ou passez à l’accueil, avec votre ticket : une personne cherchera une autre date avec vous.",),
        ),
        SIMPLE: Words(
            "Ce rendez-vous n’est pas possible",
            ("Allez à l’accueil ou téléphonez. Prenez votre ticket.", "Une personne cherche une autre date avec vous."),
        ),
        ENGLISH: Words(
            "This appointment cannot be kept",
            ("Call or come to the reception desk with your slip: somebody will look for another date with you.",),
        ),
        ARABIC: Words(
            "لا يمكن الوفاء بهذا الموعد",
            ("اتصل بالاستقبال أو احضر إليه ومعك التذكرة: سيبحث معك أحد الموظفين عن تاريخ آخر.",),
        ),
    },
    "moved": {
        FRENCH: Words("Ce rendez-vous a été déplacé", ("Demandez la nouvelle date à l’accueil, avec votre ticket.",)),
        SIMPLE: Words("Ce rendez-vous a changé de date", ("Demandez la nouvelle date à l’accueil.",)),
        ENGLISH: Words("This appointment was moved", ("Ask the reception desk for the new date, with your slip.",)),
        ARABIC: Words("تم تغيير هذا الموعد", ("اسأل الاستقبال عن التاريخ الجديد ومعك التذكرة.",)),
    },
    "moved_here": {
        FRENCH: Words("Votre rendez-vous a été déplacé : voici la nouvelle date."),
        SIMPLE: Words("Votre rendez-vous a changé de date. C’est la nouvelle date."),
        ENGLISH: Words("Your appointment was moved: this is the new date."),
        ARABIC: Words("تم تغيير موعدك: هذا هو التاريخ الجديد."),
    },
    "to_check": {
        FRENCH: Words("Ce ticket doit être vérifié : passez à l’accueil."),
        SIMPLE: Words("Nous devons vérifier ce ticket. Allez à l’accueil."),
        ENGLISH: Words("This slip has to be checked: please go to the reception desk."),
        ARABIC: Words("يجب التحقق من هذه التذكرة: توجّه إلى الاستقبال."),
    },
    "ask_the_desk": {
        FRENCH: Words(
            "Cette page ne peut pas confirmer votre rendez-vous",
            ("Le hub ne retrouve pas cette heure. Demandez à l’accueil, avec votre ticket.",),
        ),
        SIMPLE: Words(
            "Nous ne trouvons pas votre rendez-vous", ("Allez à l’accueil ou téléphonez. Prenez votre ticket.",)
        ),
        ENGLISH: Words(
            "This page cannot confirm your appointment",
            ("This time was not found here. Ask the reception desk, with your slip.",),
        ),
        ARABIC: Words("لا يمكن لهذه الصفحة تأكيد موعدك", ("لم يُعثر على هذه الساعة. اسأل الاستقبال ومعك التذكرة.",)),
    },
    "booking_not_yet": {
        FRENCH: Words(
            "Votre demande de rendez-vous n’est pas encore arrivée",
            (
                "Elle est gardée dans la borne, qui l’enverra dès le retour du réseau.",
                "Tant qu’elle n’est pas arrivée, le créneau n’est pas à vous.",
            ),
        ),
        SIMPLE: Words(
            "Votre demande n’est pas encore arrivée",
            ("La borne va l’envoyer.", "Pour le moment, l’heure n’est pas à vous."),
        ),
        ENGLISH: Words(
            "Your request has not arrived yet",
            ("The terminal keeps it and will send it. Until it has arrived, this time is not yours.",),
        ),
        ARABIC: Words("لم يصل طلبك بعد", ("هو محفوظ في الجهاز وسيرسله لاحقًا. إلى ذلك الحين، هذا الموعد ليس لك.",)),
    },
    "registration_not_yet": {
        FRENCH: Words(
            "Votre préparation n’est pas encore arrivée",
            ("Elle est gardée dans la borne, qui l’enverra dès le retour du réseau.", "Rouvrez cette page plus tard."),
        ),
        SIMPLE: Words(
            "Votre préparation n’est pas encore arrivée",
            ("Elle est dans la borne. La borne va l’envoyer.", "Regardez cette page plus tard."),
        ),
        ENGLISH: Words(
            "Your preparation has not arrived yet",
            ("The terminal keeps it and will send it once the network is back.", "Open this page again later."),
        ),
        ARABIC: Words(
            "لم يصل تحضيرك بعد", ("هو محفوظ في الجهاز وسيرسله فور عودة الشبكة.", "أعد فتح هذه الصفحة لاحقًا.")
        ),
    },
    "registration": {
        FRENCH: Words("Votre préparation a été reçue"),
        SIMPLE: Words("Nous avons votre préparation"),
        ENGLISH: Words("Your preparation was received"),
        ARABIC: Words("تم استلام تحضيرك"),
    },
    "waits_for_a_person": {
        FRENCH: Words("Elle sera traitée par une personne."),
        SIMPLE: Words("Une personne va la lire."),
        ENGLISH: Words("A person will deal with it."),
        ARABIC: Words("سيتولى أحد الموظفين معالجته."),
    },
    "forwarded": {
        FRENCH: Words("Elle a été transmise à France Travail."),
        SIMPLE: Words("Elle est chez France Travail."),
        ENGLISH: Words("It was passed on to France Travail."),
        ARABIC: Words("أُحيل إلى France Travail."),
    },
    "incomplete": {
        FRENCH: Words("Il manque des informations : revenez avec votre ticket, ou appelez le 39 49."),
        SIMPLE: Words("Il manque des choses. Revenez avec votre ticket, ou appelez le 39 49."),
        ENGLISH: Words("Something is missing: come back with your slip, or call 39 49."),
        ARABIC: Words("تنقص بعض المعلومات: عد ومعك التذكرة، أو اتصل بالرقم 39 49."),
    },
    "closed": {
        FRENCH: Words("Son suivi est terminé."),
        SIMPLE: Words("C’est terminé."),
        ENGLISH: Words("Its follow-up is over."),
        ARABIC: Words("انتهت متابعته."),
    },
    "taken_back": {
        FRENCH: Words("Vous avez repris votre préparation", ("Ce que vous aviez écrit a été détruit.",)),
        SIMPLE: Words("Vous avez repris votre préparation", ("Vos réponses n’existent plus.",)),
        ENGLISH: Words("You took your preparation back", ("What you had written was destroyed.",)),
        ARABIC: Words("لقد سحبت تحضيرك", ("أُتلف ما كنت قد كتبته.",)),
    },
    "mandatory": {
        FRENCH: Words(
            "Cette préparation n’est pas une inscription. Votre inscription prend effet seulement quand France Travail "
            "l’a enregistrée."
        ),
        SIMPLE: Words(
            "Cette préparation n’est pas une inscription. "
            "Vous êtes inscrit seulement quand France Travail a enregistré votre inscription."
        ),
        ENGLISH: Words(
            "This preparation is not a registration. Your registration takes effect only when France Travail has "
            "recorded it."
        ),
        ARABIC: Words("هذا التحضير ليس تسجيلًا. لا يصبح تسجيلك نافذًا إلا عندما تقيّده France Travail."),
    },
    "nothing": {
        FRENCH: Words(
            "Ce lien ne montre rien",
            (
                "Il est incomplet, trop ancien ou n’est pas reconnu.",
                "Montrez votre ticket à l’accueil : sa référence permet de retrouver votre demande.",
            ),
        ),
        ENGLISH: Words(
            "This link shows nothing",
            (
                "It is incomplete, too old or not recognised.",
                "Show your slip at the reception desk: its reference helps to find your request.",
            ),
        ),
    },
    "unavailable": {
        FRENCH: Words(
            "Réessayez dans quelques minutes", ("Le hub ne peut pas répondre pour le moment. Rien n’est perdu.",)
        ),
        ENGLISH: Words("Try again in a few minutes", ("The hub cannot answer right now. Nothing is lost.",)),
    },
    "demonstration": {
        FRENCH: Words("Démonstration : rien de ce qui est montré ici n’est réel."),
        ENGLISH: Words("Demonstration: nothing shown here is real."),
        ARABIC: Words("عرض تجريبي: لا شيء مما يظهر هنا حقيقي."),
    },
}
MANDATORY = PAGES["mandatory"][FRENCH].title

_DAYS = {
    ENGLISH: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    ARABIC: ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
}
_MONTHS = {
    ENGLISH: (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    ARABIC: (
        "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو",
        "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
    ),
}  # fmt: skip
_AT = {FRENCH: "à", ENGLISH: "at", ARABIC: "الساعة"}
_LOCAL_TIME = {FRENCH: "heure du lieu", ENGLISH: "local time", ARABIC: "بالتوقيت المحلي"}
_RECEIVED = {
    FRENCH: "Elle a été reçue le {day} à {hour}.",
    SIMPLE: "Elle est arrivée le {day} à {hour}.",
    ENGLISH: "It was received on {day} at {hour}.",
    ARABIC: "تم استلامه يوم {day} الساعة {hour}.",
}
_WAS_AT = {
    FRENCH: "Il était prévu le {moment}.",
    SIMPLE: "C’était le {moment}.",
    ENGLISH: "It was planned for {moment}.",
    ARABIC: "كان مقررًا يوم {moment}.",
}
_EARLIER = {
    FRENCH: "Des heures plus proches sont libres :",
    SIMPLE: "Il y a des heures plus tôt :",
    ENGLISH: "Earlier times are free:",
    ARABIC: "توجد مواعيد أقرب متاحة:",
}
_STILL_FREE = {
    FRENCH: "Ces heures sont encore libres :",
    SIMPLE: "Vous pouvez choisir :",
    ENGLISH: "These times are still free:",
    ARABIC: "هذه المواعيد ما زالت متاحة:",
}

_AGENDA = {
    FRENCH: "Ajouter à mon agenda",
    SIMPLE: "Mettre dans mon téléphone",
    ENGLISH: "Add to my calendar",
    ARABIC: "أضف إلى التقويم",
}
_AGENDA_OVER = {
    FRENCH: "Effacer de mon agenda",
    SIMPLE: "Effacer de mon téléphone",
    ENGLISH: "Remove from my calendar",
    ARABIC: "احذف من التقويم",
}


def languages_of(language: str) -> tuple[str, ...]:
    """The languages of a page, the slip's first: French stands beside every other one."""
    if language in {FRENCH, SIMPLE}:
        return (language,)
    return (language, FRENCH) if language in {ENGLISH, ARABIC} else (FRENCH, ENGLISH)


def words_of(code: str, language: str) -> Words:
    """The words of a page in one of the languages that are written; French where that one is not."""
    return PAGES[code].get(language) or PAGES[code][FRENCH]


def title_of(said: Said, language: str) -> str:
    """The title of a page."""
    return words_of(said.code, language).title


def when_and_where(said: Said, language: str) -> list[str]:
    """Date, time and place; nothing else: the slip is read by whoever finds it."""
    if said.starts_at is None:
        return []
    where = _AFAR[spoken(language)] if said.place == AFAR else said.place
    place = [f"{where} ({_LOCAL_TIME[spoken(language)]})"] if where else []
    return [moment_in_words(said.starts_at, said.zone, language), *place]


def lines_of(said: Said, language: str) -> list[str]:
    """The lines of a page, without when and where and without the sentence that never leaves."""
    lines = []
    if said.was_at is not None:
        lines.append(_WAS_AT[language].format(moment=moment_in_words(said.was_at, said.zone, language)))
    if said.was_at is not None and said.others:
        lines.append(_STILL_FREE[language])
    elif said.starts_at is not None and said.others:
        lines.append(_EARLIER[language])
    lines += [moment_in_words(other, said.zone, language) for other in said.others]
    if said.received_at is not None:
        moment = local(said.received_at, said.zone)
        lines.append(_RECEIVED[language].format(day=_day(moment, language), hour=_hour(moment, language)))
    comes = said.code not in PLACED or said.place != AFAR
    lines += words_of(said.code, language).lines if comes else (_JOIN[language],)
    return [*lines, *(words_of(note, language).title for note in said.notes)]


def agenda_words(language: str, *, over: bool) -> str:
    """The link to the calendar file; ``over``: it takes the appointment out of the calendar."""
    return (_AGENDA_OVER if over else _AGENDA)[language]


def moment_in_words(text: str, zone: str, language: str) -> str:
    """``lundi 23 novembre 2026 à 14 h 30`` on the clocks of ``zone``."""
    moment = local(text, zone)
    return f"{_day(moment, language)} {_AT[spoken(language)]} {_hour(moment, language)}"


def spoken(language: str) -> str:
    """The language for words that are not written simpler: simple French is French."""
    return FRENCH if language == SIMPLE else language


def _day(moment: datetime, language: str) -> str:
    if spoken(language) == FRENCH:
        return french_time.day_in_words(moment)
    day, month = _DAYS[language][moment.weekday()], _MONTHS[language][moment.month - 1]
    return f"{day} {moment.day} {month} {moment.year}".replace(" ", NBSP)


def _hour(moment: datetime, language: str) -> str:
    return french_time.hour_in_words(moment) if spoken(language) == FRENCH else f"{moment:%H:%M}"
