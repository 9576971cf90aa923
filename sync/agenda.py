"""The calendar entry of an appointment or a seat, as iCalendar (RFC 5545). Pure; the same on both ends.

One entry for all the hours that a booking was given: its UID is drawn from the first booking of the chain of moves, and
its SEQUENCE from what terminal and hub both know, the number of moves and the state (docs/decisions/0029). An entry
says when and where, never why nor for whom, and holds no reference.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sync.promise import ALTERNATIVES, CANCELLED, CONFIRMED, DECLINED, GUARANTEED, OVERRULED, REQUESTED, WITHDRAWN

PUBLISH, CANCEL = "PUBLISH", "CANCEL"
TENTATIVE, SURE, OVER = "TENTATIVE", "CONFIRMED", "CANCELLED"
FOLD_OCTETS = 75
RANKS = {
    REQUESTED: 0, GUARANTEED: 1, CONFIRMED: 1, ALTERNATIVES: 2, DECLINED: 2, WITHDRAWN: 2, OVERRULED: 2, CANCELLED: 3,
}  # fmt: skip
"""No state is followed by one of the same rank or of a lower one (``sync.promise.BOOKING_STATES``)."""
RANKS_A_MOVE = 4
STATUSES = {REQUESTED: TENTATIVE, GUARANTEED: SURE, CONFIRMED: SURE}
"""A state that is not here holds no hour any more: the entry is taken away."""
WORDS = {
    "fr": {
        "booth": "Rendez-vous vidéo", "seat": "Événement", TENTATIVE: "À confirmer : {what}", OVER: "Annulé : {what}",
        "come": "Venez 5 minutes avant, avec votre code.", "wait": "Attendez la réponse avant de venir.",
        "over": "Ce rendez-vous n’a plus lieu à cette heure.",
        "join": "À distance : demandez à l’accueil comment vous connecter.",
    },
    "en": {
        "booth": "Video appointment", "seat": "Event", TENTATIVE: "To be confirmed: {what}", OVER: "Cancelled: {what}",
        "come": "Come 5 minutes early, with your code.", "wait": "Wait for the answer before you come.",
        "over": "This appointment does not take place at this time any more.",
        "join": "Online: ask at the reception desk how to join.",
    },
    "es": {
        "booth": "Cita por videollamada", "seat": "Evento",
        TENTATIVE: "Por confirmar: {what}", OVER: "Cancelado: {what}",
        "come": "Venga 5 minutos antes, con su código.", "wait": "Espere la respuesta antes de venir.",
        "over": "Esta cita ya no tiene lugar a esta hora.",
        "join": "A distancia: pregunte en la recepción cómo conectarse.",
    },
    "pt": {
        "booth": "Atendimento por vídeo", "seat": "Evento",
        TENTATIVE: "Por confirmar: {what}", OVER: "Cancelado: {what}",
        "come": "Venha 5 minutos antes, com o seu código.", "wait": "Espere pela resposta antes de vir.",
        "over": "Este atendimento já não se realiza a esta hora.",
        "join": "À distância: pergunte na receção como se ligar.",
    },
    "ar": {
        "booth": "موعد بالفيديو", "seat": "لقاء", TENTATIVE: "غير مؤكد: {what}", OVER: "أُلغي: {what}",
        "come": "تعالوا قبل الموعد بـ 5 دقائق، مع رمزكم.", "wait": "انتظروا الرد قبل أن تحضروا.",
        "over": "لم يعد هذا الموعد قائمًا في هذه الساعة.",
        "join": "عن بُعد: اسألوا الاستقبال كيف تتصلون.",
    },
    "uk": {
        "booth": "Відеозустріч", "seat": "Подія", TENTATIVE: "Очікується: {what}", OVER: "Скасовано: {what}",
        "come": "Прийдіть на 5 хвилин раніше, з вашим кодом.", "wait": "Дочекайтеся відповіді, потім приходьте.",
        "over": "У цей час цієї зустрічі вже не буде.",
        "join": "Дистанційно: запитайте на рецепції, як підключитися.",
    },
    "ro": {
        "booth": "Programare video", "seat": "Eveniment", TENTATIVE: "De confirmat: {what}", OVER: "Anulat: {what}",
        "come": "Veniți cu 5 minute înainte, cu codul dumneavoastră.", "wait": "Așteptați răspunsul înainte să veniți.",
        "over": "Această programare nu mai are loc la această oră.",
        "join": "La distanță: întrebați la recepție cum vă conectați.",
    },
    "tr": {
        "booth": "Görüntülü randevu", "seat": "Etkinlik",
        TENTATIVE: "Onay bekliyor: {what}", OVER: "İptal edildi: {what}",
        "come": "Kodunuzla 5 dakika önce gelin.", "wait": "Gelmeden önce cevabı bekleyin.",
        "over": "Bu randevu artık bu saatte değil.",
        "join": "Uzaktan: nasıl bağlanacağınızı danışmaya sorun.",
    },
    "fa": {
        "booth": "ملاقات ویدیویی", "seat": "برنامه", TENTATIVE: "تأیید نشده: {what}", OVER: "لغو شد: {what}",
        "come": "5 دقیقه زودتر، با کد خود بیایید.", "wait": "پیش از آمدن، منتظر پاسخ بمانید.",
        "over": "این ملاقات دیگر در این ساعت نیست.",
        "join": "از راه دور: از پذیرش بپرسید چگونه وصل شوید.",
    },
}  # fmt: skip
"""In the visitor's language alone: it is their telephone, and a QR has no room for two (docs/decisions/0044)."""
FRENCH = "fr"
AFAR = "À distance"
"""The place of a seat for which nobody comes, the same from the hub and from a terminal."""


@dataclass(frozen=True)
class Booked:
    """What an entry is made of.

    Attributes:
        first_id: the first booking of the chain of moves that leads to this one.
        moves: how many moves lead from that one to this one.
        state: of this one (``sync.promise``).
        seat: a place at an event instead of the booth.
        starts_at, ends_at: UTC.
        zone: the IANA zone of the site.
        site: the name of the Point Contact; place: where to come.
        language: of the words; French where it has none here.
    """

    first_id: str
    moves: int
    state: str
    seat: bool
    starts_at: datetime
    ends_at: datetime
    zone: str
    site: str
    place: str
    language: str = FRENCH

    @property
    def sequence(self) -> int:
        """How often the entry has changed at most: it grows with every change. KeyError for a moved booking."""
        return self.moves * RANKS_A_MOVE + RANKS[self.state]

    @property
    def status(self) -> str:
        """``TENTATIVE``, ``CONFIRMED`` or ``CANCELLED``."""
        return STATUSES.get(self.state, OVER)

    @property
    def method(self) -> str:
        """``PUBLISH``, or ``CANCEL`` for what holds no hour any more."""
        return CANCEL if self.status == OVER else PUBLISH

    @property
    def summary(self) -> str:
        """« À confirmer : Rendez-vous vidéo – Point Contact, Mairie de… »: nothing in it says why one comes."""
        said = self._words
        what = said["seat" if self.seat else "booth"]
        return f"{said.get(self.status, '{what}').format(what=what)} – Point Contact, {self.site}"

    @property
    def short(self) -> str:
        """The summary without the place, for a QR."""
        return self.summary.partition(" – ")[0]

    @property
    def description(self) -> str:
        """What to do, in a sentence. The code is not in it: whoever reads the telephone must not have it."""
        sure = "join" if self.place == AFAR else "come"
        return self._words[{TENTATIVE: "wait", SURE: sure}.get(self.status, "over")]

    @property
    def _words(self) -> dict[str, str]:
        return WORDS.get(self.language) or WORDS[FRENCH]


def agenda_file(booked: Booked, now: datetime) -> str:
    """The .ics file: hours on the clocks of the site with their zone, a reminder the day before and an hour before."""
    zone = ZoneInfo(booked.zone)
    name = booked.zone
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Point Contact//Agenda//FR", "CALSCALE:GREGORIAN",
        f"METHOD:{booked.method}", *_zone_lines(name, zone, booked.starts_at, booked.ends_at), "BEGIN:VEVENT",
        *_head_lines(booked, now),
        f"DTSTART;TZID={name}:{_local(booked.starts_at, zone)}", f"DTEND;TZID={name}:{_local(booked.ends_at, zone)}",
        f"SUMMARY:{escaped(booked.summary)}", f"LOCATION:{escaped(booked.place)}",
        f"DESCRIPTION:{escaped(booked.description)}", "CLASS:PRIVATE",
    ]  # fmt: skip
    if booked.status != OVER:
        for before in ("-P1D", "-PT1H"):
            lines += [
                "BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:{before}", f"DESCRIPTION:{escaped(booked.summary)}",
                "END:VALARM",
            ]  # fmt: skip
    return _joined([*lines, "END:VEVENT", "END:VCALENDAR"])


def agenda_for_qr(booked: Booked, now: datetime, octets_max: int) -> str:
    """The same entry in so few octets that a telephone reads it off a screen, with no network: hours in UTC, no alarm.

    The place loses words from its end until the rest fits. ValueError where there is no room even without one.
    """
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:PC", f"METHOD:{booked.method}", "BEGIN:VEVENT",
        *_head_lines(booked, now), f"DTSTART:{_utc(booked.starts_at)}", f"DTEND:{_utc(booked.ends_at)}",
        f"SUMMARY:{escaped(booked.short)}",
    ]  # fmt: skip
    ending = ["END:VEVENT", "END:VCALENDAR"]
    place = booked.place
    while True:
        text = _joined([*lines, *([f"LOCATION:{escaped(place)}"] if place else []), *ending])
        if len(text.encode()) <= octets_max:
            return text
        if not place:
            raise ValueError("a calendar entry that fits no QR")
        place = place.rpartition(" ")[0].rstrip(" ,–-")


def escaped(text: str) -> str:
    """A value of type TEXT (RFC 5545 §3.3.11)."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return "".join(letter for letter in text if letter >= " ")


def folded(line: str) -> str:
    """A content line in pieces of 75 octets at most; no character is cut (§3.1)."""
    pieces, piece, room = [], "", FOLD_OCTETS
    for letter in line:
        size = len(letter.encode())
        if size > room:
            pieces.append(piece)
            piece, room = "", FOLD_OCTETS - 1  # the blank that begins a continuation counts
        piece, room = piece + letter, room - size
    return "\r\n ".join([*pieces, piece])


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _head_lines(booked: Booked, now: datetime) -> list[str]:
    return [
        f"UID:{booked.first_id}", f"SEQUENCE:{booked.sequence}", f"DTSTAMP:{_utc(now)}", f"STATUS:{booked.status}",
    ]  # fmt: skip


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _local(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y%m%dT%H%M%S")


def _zone_lines(name: str, zone: tzinfo, start: datetime, end: datetime) -> list[str]:
    """A VTIMEZONE that is true from the change of the clocks before ``start`` until ``end``."""
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    changes = [moment for moment in _changes(zone, start - timedelta(days=400), end) if moment <= end]
    for change in changes[-2:] or [datetime(1970, 1, 1, tzinfo=UTC)]:
        before, after = (change - timedelta(seconds=1)).astimezone(zone), change.astimezone(zone)
        kind = "DAYLIGHT" if after.dst() else "STANDARD"
        onset = (change.replace(tzinfo=None) + (before.utcoffset() or timedelta())).strftime("%Y%m%dT%H%M%S")
        lines += [
            f"BEGIN:{kind}", f"DTSTART:{onset}", f"TZOFFSETFROM:{_offset(before)}", f"TZOFFSETTO:{_offset(after)}",
            f"TZNAME:{after.tzname() if (after.tzname() or '').isalpha() else name}", f"END:{kind}",
        ]  # fmt: skip
    return [*lines, "END:VTIMEZONE"]


def _changes(zone: tzinfo, since: datetime, until: datetime) -> list[datetime]:
    """When the clocks of a zone are changed, to the second."""
    found, day = [], since.astimezone(UTC).replace(microsecond=0)
    while day < until:
        low, high = day, day + timedelta(days=1)
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                if middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset():
                    low = middle
                else:
                    high = middle
            found.append(high)
        day += timedelta(days=1)
    return found


def _offset(moment: datetime) -> str:
    """``+0400``."""
    return moment.strftime("%z")[:5]
