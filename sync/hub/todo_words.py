"""What a person must settle, in staff words: what happened, what to do, and the acts to choose from. Pure.

No sentence names a person or a reference: a place, a day, an hour, a reason and a terminal's number say enough to
find the record, and whoever may open it does that with the reference of the slip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sync.change import Value
from sync.hub.french_time import PARIS, day_in_words, hour_in_words, local
from sync.promise import (
    ACTIVE,
    ALTERNATIVES,
    CANCELLED,
    CONFIRMED,
    DECLINED,
    GUARANTEED,
    MOVED,
    OPEN_SLOT,
    OVERRULED,
    RELEASED,
    REQUESTED,
    WITHDRAWN,
    WRITTEN_OFF,
)

REASONS_IN_WORDS = {
    "inscription_aide": "aide à l’inscription",
    "edo": "entretien d’orientation",
    "dpa": "premier rendez-vous d’accompagnement",
    "suivi": "point avec le conseiller",
    "signature_cer": "signature du contrat d’engagement",
    "atelier": "atelier ou événement",
}
STATES_IN_WORDS = {
    REQUESTED: "demandé",
    GUARANTEED: "réservé",
    CONFIRMED: "confirmé",
    DECLINED: "refusé",
    CANCELLED: "annulé",
    WITHDRAWN: "annulé par l’organisme",
    OVERRULED: "impossible à tenir",
    ALTERNATIVES: "à choisir parmi d’autres dates",
    MOVED: "déplacé",
    "preparee": "préparée",
    "recue": "reçue",
    "transmise": "transmise",
    "a_completer": "à compléter",
    "close": "close",
    "retiree": "reprise par la personne",
    OPEN_SLOT: "ouvert",
    ACTIVE: "confié à une borne",
    RELEASED: "rendu par sa borne",
    WRITTEN_OFF: "repris d’office",
}
MODALITIES_IN_WORDS = {"VISIO": "en visio", "TELEPHONE": "par téléphone", "PHYSIQUE": "sur place"}
WHY_OVERRULED = {
    "clone": "la même place avait été promise par une copie de la borne",
    WRITTEN_OFF: "sa place avait été reprise d’office, puis donnée à quelqu’un d’autre",
    "given_since": "sa place avait été donnée à quelqu’un d’autre avant que le hub restauré ne le sache",
    "overbooked": "trop de personnes étaient attendues à la même heure",
}


@dataclass(frozen=True)
class Choice:
    """One act that a person may choose: its code, its label, and what it does."""

    code: str
    label: str
    effect: str


@dataclass(frozen=True)
class Words:
    """What happened, what to do, and the choices; one French sentence each."""

    happened: str
    to_do: str
    choices: tuple[Choice, ...]


BOOKING = "rendez-vous"
SEEN = Choice("seen", "C’est vu", "La ligne quitte la liste ; rien d’autre ne change.")
KEEP = Choice("keep", "Garder le rendez-vous", "La ligne quitte la liste ; le rendez-vous reste tel qu’il est.")
TOLD = Choice("told", "La personne est prévenue", "La date et votre nom sont notés ; la ligne quitte la liste.")
GIVE_UP = Choice("cancel", "Annuler : la personne ne vient plus", "Le rendez-vous est annulé et sa place est libérée.")
CANCEL_AND_TELL = "Le rendez-vous est annulé, sa place est libérée, et il reste à prévenir la personne."
CHECKED = Choice("checked", "C’est vérifié", "Votre nom et la date sont notés ; la ligne quitte la liste.")
KEEP_ALL = Choice("keep_all", "Garder tout le monde", "Aucun rendez-vous ne change ; votre nom et la date sont notés.")
SAME = Choice("same", "C’est la même personne", "Les deux préparations sont liées ; la plus récente est à suivre.")
SAME_AND_CLOSE = Choice(
    "same_close", "C’est la même personne, clore la plus ancienne",
    "Les deux préparations sont liées et la plus ancienne est close.",
)  # fmt: skip
DIFFERENT = Choice("different", "Ce sont deux personnes", "Les deux préparations restent séparées.")


def moment(text: str | None, zone: str) -> str:
    """``mardi 24 novembre 2026 à 9 h``, on the clocks of the site, and whose they are; words for an unknown moment."""
    if text is None:
        return "date inconnue"
    at = local(text, zone)
    return f"{day_in_words(at)} à {hour_in_words(at)}{'' if zone == PARIS else ', heure du lieu'}"


def day(text: str, zone: str) -> str:
    """``mardi 24 novembre 2026``, on the clocks of the site."""
    return day_in_words(local(text, zone))


def booking_name(starts_at: str | None, zone: str, reason: object, terminal_no: object) -> str:
    """How the list names a booking: when, why, and the terminal where it was made."""
    why = REASONS_IN_WORDS.get(str(reason), "autre sujet")
    return f"{BOOKING} du {moment(starts_at, zone)} ({why}, pris à la borne n° {terminal_no})"


def conflict(kind: str, field: str, kept: Value, lost: Value, name: str, moved_to: str | None = None) -> Words:
    """The words of one line of the conflict journal that needs a person.

    Args:
        kind: kind of the record.
        field: the field of which two values met.
        kept: the value that stands.
        lost: the other one.
        name: how the record is named (``booking_name``), without article.
        moved_to: the hour of the booking that a move led to, as ``moment`` says it.
    """
    if (kind, field) == ("booking", "state"):
        return _booking_state(str(kept), str(lost), name, f" ({moved_to})" if moved_to else "")
    if (kind, field) == ("booking", "modality"):
        return _modality(str(kept), str(lost), name)
    if field == "state":
        return Words(
            f"Deux suites différentes ont été données à une fiche ({name}) : « {_state(kept)} », qui est gardé, et "
            f"« {_state(lost)} ».",
            "Vérifiez que la suite gardée est la bonne ; sinon notez-la de nouveau.",
            (SEEN,),
        )
    return Words(
        f"Deux postes ont écrit en même temps sur une même fiche, sans se voir : {name}. Une seule écriture est "
        "gardée.",
        "Relisez la fiche et corrigez-la s’il le faut.",
        (SEEN,),
    )


def tell(name: str, state: str, because: object, offered: Sequence[str]) -> Words:
    """A person who counts on a booking that will not take place; ``offered``: other hours, as ``moment`` says them."""
    if state == WITHDRAWN:
        happened = f"L’organisme a annulé le {name}, et la personne ne le sait pas encore."
    else:
        why = WHY_OVERRULED.get(str(because), "une autre personne a la même place")
        happened = f"Le {name} ne peut pas être tenu : {why}."
    other = f"l’une de ces dates : {' ; '.join(offered)}" if offered else "une autre date"
    return Words(
        happened,
        f"Prévenez la personne et proposez-lui {other} (le code de cette ligne ouvre ses coordonnées).",
        (TOLD,),
    )


def place_after_all(name: str) -> Words:
    """Somebody left a place to a person who waited for it."""
    return Words(
        f"Une place s’est libérée : le {name}, en liste d’attente, est confirmé, et la personne ne le sait pas encore.",
        "Prévenez la personne (le code de cette ligne ouvre ses coordonnées) ; elle annule à une borne si elle ne "
        "vient plus.",
        (TOLD,),
    )


def earlier(name: str, offered: Sequence[str]) -> Words:
    """There are earlier hours for a person who asked for one; ``offered`` as ``moment`` says them."""
    return Words(
        f"La personne du {name} attend une date plus proche : {' ; '.join(offered)}. Rien n’est gardé pour elle.",
        "Prévenez-la (le code de cette ligne ouvre ses coordonnées) : elle choisit à une borne avec son code, ou vous "
        "déplacez son rendez-vous avec elle.",
        (TOLD,),
    )


def overbooked(where: str, each: Mapping[str, str], *, one_booth: bool = False, individual: bool = False) -> Words:
    """More people are expected than there are places.

    Args:
        where: the hour, as ``moment`` says it.
        each: by booking id, in the order in which they were made, when and where each one was (``made``).
        one_booth: they are expected at two hours of one booth that meet.
        individual: an interview of one person is among them: nobody may welcome all.
    """
    why = "dans la même cabine, à des heures trop proches" if one_booth else "plus qu’il n’y a de places"
    cancels = tuple(
        Choice(f"cancel.{booking_id}", f"Annuler celui qui a été pris {_rank(number)} ({made})", CANCEL_AND_TELL)
        for number, (booking_id, made) in enumerate(each.items(), 1)
    )
    or_else = " : cet entretien est individuel" if individual else ", ou accueillez tout le monde"
    return Words(
        f"{len(each)} personnes sont attendues le {where}, {why}.",
        f"Choisissez le rendez-vous à annuler{or_else}.",
        cancels if individual else (*cancels, KEEP_ALL),
    )


def made(created_at: str, zone: str, terminal_no: object) -> str:
    """When and where a booking was made, to tell it from another one of the same hour."""
    return f"le {moment(created_at, zone)}, à la borne n° {terminal_no}"


def waiting(name: str, terminals: str, *, in_line: bool = False) -> Words:
    """A request that nobody has answered.

    Args:
        name: the request, as the list names it.
        terminals: those that the site waits for, empty for none.
        in_line: there were too many requests in one hour; the hub answers this one in its turn.
    """
    if terminals:
        cause = f" : il faut d’abord des nouvelles de {terminals}"
        to_do = f"Remettez {terminals} en réseau (déclarez-la perdue si elle l’est) : la réponse suivra d’elle-même."
    elif in_line:
        cause = " : il y en a eu beaucoup à la fois, le hub répond dans l’ordre, heure par heure"
        to_do = "Si la personne ne peut pas attendre, demandez à l’exploitation de lui donner la place d’office."
    else:
        cause = ""
        to_do = "Remettez une borne du site en réseau ; sinon prévenez la personne et fermez la demande."
    return Words(
        f"La demande de {name} attend toujours sa réponse{cause}.",
        to_do,
        (
            Choice(
                "decline", "La personne est prévenue, fermer la demande",
                "La demande est refusée, et il est noté que la personne le sait.",
            ),
        ),
    )  # fmt: skip


def redrawn(terminal_no: int, at_risk: tuple[str, ...], left: int) -> Words:
    """A terminal whose disk was put back or copied.

    Args:
        terminal_no: its number.
        at_risk: the bookings whose place may be somebody else's too, as the list names them.
        left: how many places its former self holds still, of which nobody is known.
    """
    happened = f"La borne n° {terminal_no} est repartie d’une copie plus ancienne de ce qu’elle contenait"
    names = " ; ".join(f"celui{name.removeprefix(BOOKING)}" for name in at_risk)
    nobody = " ; aucun rendez-vous connu n’est touché"
    touched = f" : {len(at_risk)} rendez-vous à vérifier, {names}" if at_risk else nobody
    blocked = f" {_places(left)} pour qui viendrait avec un ticket." if left else ""
    to_do = (
        "Demandez au site ce qui s’est passé et assurez-vous que chacune de ces personnes est bien attendue."
        if at_risk
        else "Demandez au site ce qui s’est passé, puis notez que c’est vérifié."
    )
    free = Choice(
        "write_off", "C’est vérifié, et les places bloquées sont à redonner",
        "D’autres peuvent les avoir ; qui viendrait avec un ticket trop tard serait refusé, et serait à prévenir.",
    )  # fmt: skip
    return Words(f"{happened}{touched}.{blocked}", to_do, (CHECKED, free) if left else (CHECKED,))


def doubled(terminal_no: int) -> Words:
    """Two copies of one terminal live."""
    return Words(
        f"Deux machines se servent de la borne n° {terminal_no} : l’une est une copie de l’autre. Rien de ce qu’elles "
        "envoient n’est perdu, mais le hub ne leur confie plus aucune place.",
        f"Demandez au site d’en éteindre une, puis « hub terminal single {terminal_no} » ou ce choix. Sinon "
        f"« hub terminal revoke {terminal_no} », et inscrivez de nouveau la bonne machine.",
        (
            Choice(
                "single", "Une seule des deux reste allumée",
                "Le hub lui confie de nouveau des places ; si les deux parlent encore, cette ligne revient.",
            ),
        ),
    )  # fmt: skip


def frozen(terminal_nos: Sequence[int]) -> Words:
    """A site gives no place away since the hub was restored: terminals have not told yet what they promised."""
    one = len(terminal_nos) == 1
    names = _enumerated([f"n° {number}" for number in terminal_nos])
    lost = " ou ".join(f"« hub terminal revoke {number} »" for number in terminal_nos)
    return Words(
        f"Depuis que le hub a été restauré, {'la borne' if one else 'les bornes'} {names} "
        f"{'n’a' if one else 'n’ont'} pas redit ce qui y avait été promis : aucune place de ce site n’est donnée, "
        "et les demandes attendent.",
        f"{'Allumez-la' if one else 'Allumez-les'} et vérifiez {'son' if one else 'leur'} réseau. Si "
        f"{'elle est perdue' if one else 'l’une est perdue'} : {lost} ; ce qu’elle avait promis sera à vérifier.",
        (),
    )


def _enumerated(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} et {last}" if first else last


def quarantine(terminal_no: int, records: Mapping[str, int], operations: int) -> Words:
    """What a terminal that was declared lost sent since.

    Args:
        terminal_no: its number.
        records: how many records of each kind it is about.
        operations: how many writings it sent.
    """
    kinds = ", ".join(f"{number} {kind_in_words(kind, number)}" for kind, number in sorted(records.items()))
    return Words(
        f"La borne n° {terminal_no}, déclarée perdue, a encore envoyé quelque chose ({kinds} ; en tout "
        f"{operations} écriture{'s' if operations > 1 else ''}) : rien n’en est pris en compte.",
        "Demandez au site qui s’en est servi, et quand. En cas de doute sur une partie, voyez avec l’exploitation.",
        (
            Choice(
                "take", "Tout prendre", "C’est pris en compte comme si la borne l’avait envoyé avant d’être perdue."
            ),
            Choice("drop", "Tout écarter", "C’est détruit, avec ce que des visiteurs y ont écrit ; c’est définitif."),
        ),
    )


def kind_in_words(kind: str, number: int = 1) -> str:
    """What a terminal writes, by the kind of its record, without number."""
    one, many = _KINDS.get(kind, ("autre fiche", "autres fiches"))
    return one if number == 1 else many


_KINDS = {
    "booking": ("rendez-vous", "rendez-vous"),
    "registration": ("préparation d’inscription", "préparations d’inscription"),
    "grant": ("place rendue", "places rendues"),
}


def _places(number: int) -> str:
    return f"{number} places restent bloquées" if number > 1 else "1 place reste bloquée"


def compare(number: int) -> Words:
    """Preparations of which nobody has looked whether they are of one person."""
    several = f"{number} préparations d’inscription n’ont pas encore été comparées aux autres."
    one = "1 préparation d’inscription n’a pas encore été comparée aux autres."
    return Words(
        several if number > 1 else one,
        "Lancez « hub duplicates look » : si une personne en a fait deux, la liste le dira.",
        (),
    )


def due(unhandled: bool, number: int, day: str) -> Words:
    """What should have been destroyed, and waits for a person.

    Args:
        unhandled: registrations that nobody forwarded or closed; otherwise what a terminal has not heard yet.
        number: how many.
        day: since when the oldest one waits, as ``day`` says it.
    """
    many = number > 1
    if unhandled:
        one = f"1 préparation d’inscription devait être détruite depuis le {day}, mais n’a été ni transmise ni close."
        several = (
            f"{number} préparations d’inscription devaient être détruites, la première depuis le {day}, mais n’ont été "
            "ni transmises ni closes."
        )
        to_do = "Transmettez ou fermez ce qui est cité ; le reste se fera de lui-même."
        return Words(several if many else one, to_do, ())
    what = f"{number} fiches devaient" if many else "1 fiche devait"
    return Words(
        f"{what} être détruite{'s' if many else ''} depuis le {day}, mais une borne du site n’a pas encore reçu la "
        "dernière réponse.",
        "Remettez les bornes du site en réseau ; déclarez perdue celle qui ne reviendra pas.",
        (),
    )


def early(kind: str, field: str, value: Value) -> Words:
    """A change of something that never came, so that it could not be made."""
    done = "annuler" if (field, value) == ("state", CANCELLED) else "changer"
    what = "un rendez-vous qui n’est jamais arrivé" if kind == "booking" else "une fiche qui n’est jamais arrivée"
    return Words(
        f"Une borne a voulu {done} {what} de la borne où c’était noté.",
        "Demandez des nouvelles de cette autre borne ; si elle est perdue, notez que c’est vu.",
        (SEEN,),
    )


def alike(one: str, other: str) -> Words:
    """Two registrations with one fingerprint; ``one`` and ``other`` say when and where each was made."""
    return Words(
        f"Deux préparations portent le même nom et la même date de naissance : {one} ; {other}.",
        "Ouvrez-les avec le code de cette ligne et dites si c’est la même personne ; rien n’est fusionné sans vous.",
        (SAME, SAME_AND_CLOSE, DIFFERENT),
    )


def _booking_state(kept: str, lost: str, name: str, new: str) -> Words:
    if {kept, lost} == {MOVED, CANCELLED}:
        return Words(
            f"Le {name} a été annulé à une borne et déplacé à une autre, sans que l’une voie l’autre : le nouveau "
            f"rendez-vous{new} est gardé.",
            "Demandez à la personne si elle vient toujours.",
            (
                Choice("keep", "Garder le nouveau rendez-vous", KEEP.effect),
                Choice("cancel", "Annuler le nouveau rendez-vous : la personne ne vient plus", GIVE_UP.effect),
            ),
        )
    if kept == MOVED:
        return Words(
            f"Le {name} a été déplacé deux fois, sans que l’une des bornes voie l’autre : le déplacement le plus "
            f"récent{new} est gardé.",
            "Dites à la personne lequel de ses deux tickets est le bon.",
            (TOLD, Choice("cancel", "Annuler aussi celui qui est gardé : la personne ne vient plus", GIVE_UP.effect)),
        )
    if lost == CANCELLED:
        return Words(
            f"Le {name} a été annulé à une borne, mais il est resté « {_state(kept)} ».",
            "Demandez à la personne si elle vient toujours.",
            (KEEP, GIVE_UP),
        )
    return Words(
        f"Deux suites différentes ont été données au {name} : « {_state(kept)} », qui est gardé, et "
        f"« {_state(lost)} ».",
        "Vérifiez avec la personne ce qu’elle attend.",
        (KEEP, GIVE_UP) if kept in {GUARANTEED, CONFIRMED, REQUESTED} else (SEEN,),
    )


def _modality(kept: str, lost: str, name: str) -> Words:
    def hold(code: str, modality: str) -> Choice:
        how = MODALITIES_IN_WORDS.get(modality, modality.lower())
        return Choice(code, f"Tenir ce rendez-vous {how}", f"Le rendez-vous est noté {how}.")

    return Words(
        f"Deux postes ont noté deux façons de tenir le {name} : {MODALITIES_IN_WORDS.get(kept, kept.lower())} et "
        f"{MODALITIES_IN_WORDS.get(lost, lost.lower())}.",
        "Demandez à la personne ce qu’elle préfère.",
        (hold("keep", kept), hold("take_lost", lost)),
    )


def _rank(number: int) -> str:
    return "en premier" if number == 1 else f"en {number}e"


def _state(value: Value) -> str:
    return STATES_IN_WORDS.get(str(value), "autre état")
