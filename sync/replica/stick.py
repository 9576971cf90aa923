"""Rounds that travel on a USB stick: asked today, answered another day. The same frames, the same rules as a round.

``export`` writes what a round would send, sealed to the hub; ``take_in`` reads what it answered, sealed to this
terminal. Rounds over the network and other sticks may come between the two. So an answer is taken from where this
replica stands *now*: what it has already heard is left out, what begins beyond that is refused, and so is what was
asked by another disk or in another history. Nothing is given up here before an answer says that it has arrived.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from sync import stick_file, stick_folder
from sync.errors import Gap, PointContactError, Refused, StorageError, UntrustedHub
from sync.frames import FrameReader, FrameWriter
from sync.message import Message
from sync.replica import apply, meta, outbox, stick_key
from sync.replica.home import LOCK_NAME, AlreadyRunning, alone
from sync.replica.incarnation import COUNTER_LEAP
from sync.replica.round import Rounds, _Progress, _read_reply
from sync.replica.tables import WAITING
from sync.seal import SUITE_HYBRID, read_public_key
from sync.signature import answer_opening, stream_opening, verify
from sync.stick_file import Answer, Outgoing
from sync.wire import (
    HubRequest,
    RefusalBody,
    RoundReply,
    RoundRequest,
    SealingDocument,
    from_text,
    to_text,
)

JOURNEYS_KEPT = 16
AGAIN = "Écrivez une nouvelle clé avec « point-contact terminal export ». Tout est conservé sur cette borne."
FOR_THE_HUB = "Ce fichier va vers le hub : apportez la clé à son administrateur, qui y écrira la réponse."
OTHER_TERMINAL = "Ce fichier est pour une autre borne : lisez-le là-bas. Rien n’en a été pris ici."
OTHER_HUB = "Ce fichier ne vient pas du hub de cette borne : rien n’en a été pris. Vérifiez d’où vient cette clé."
NO_ANSWER = (
    "Il n’y a pas sur cette clé de réponse pour cette borne : l’administrateur du hub l’écrit avec "
    "« point-contact hub exchange »."
)
NOT_ASKED = f"Cette borne n’a plus trace de l’envoi auquel ce fichier répond : rien n’en a été pris. {AGAIN}"
OTHER_DISK = (
    f"Cette borne a changé d’incarnation depuis cet envoi (disque remis ou copié) : rien n’en a été pris. {AGAIN}"
)
BEYOND = f"Cette réponse commence plus loin que ce que cette borne a lu : rien n’en a été pris. {AGAIN}"
READ_BEFORE = "Cette réponse a déjà été lue, ou la borne a reçu plus récent depuis : rien n’a changé."
MENDED = {
    "gap": f"Le hub n’a plus d’anciens envois de cette borne : elle les a remis dans sa liste. {AGAIN}",
    "replayed": (
        "Le hub a déjà entendu une autre copie du disque de cette borne : elle envoie tout de nouveau sous une autre "
        f"incarnation. {AGAIN}"
    ),
    "clock_ahead": f"L’horloge de cette borne avançait : ses envois ont été datés de nouveau. {AGAIN}",
}


@dataclass(frozen=True)
class Exported:
    """What was written on a stick. ``more``: operations wait that are not in it, because it is full."""

    file: Path
    operations: int
    size_bytes: int
    more: bool


@dataclass(frozen=True)
class TakenIn:
    """What an answer did. ``code`` is ``ok``, ``old`` (nothing new), the hub's refusal code, or ``stick``,
    ``untrusted``, ``gap``, ``storage``, ``running``; ``message`` is the sentence to show when it is not ``ok``.
    ``more``: the hub had more to tell than one file holds."""

    ok: bool
    code: str
    message: str
    pushed: int = 0
    pulled: int = 0
    waiting: int = 0
    more: bool = False


class _Journey(Message, frozen=True, kw_only=True):
    """One export of which no answer was read yet: where this replica stood, and what an answer must be bound to."""

    counter: int
    incarnation: str
    generation: str | None
    checkpoints: dict[str, int]
    through: int
    asked: str
    letter: str
    local_ms: int
    done: bool = False


@dataclass(frozen=True)
class _Stand:
    """Where this replica stands in the feed."""

    generation: str | None
    checkpoints: dict[str, int]
    refilling: bool


class StickRounds(Rounds):
    """The rounds of one terminal that travel on a stick; built as ``Rounds``, and never at the same time as one."""

    # ----------------------------------------------------------------- export
    def export(self, folder: Path, said: Callable[[int], object] = lambda _count: None) -> Exported:
        """Writes this terminal's file into a folder, in the place of the one before.

        Args:
            folder: of the stick.
            said: is told how many operations are in it so far.

        Raises:
            InvalidInput, StorageError, DiskFull: it cannot be written; nothing here has changed.
        """
        stick_folder.check_folder(folder)
        with self._one_at_a_time, alone(self._home / LOCK_NAME, wait_s=self._lock_wait_s):
            self._settle()
            progress = _Progress()
            self.frames_max = stick_file.FRAMES_MAX
            with self._database.write(urgent=True) as connection:
                progress.counter = meta.bump(connection, meta.COUNTER)
                progress.arrived = (outbox.incarnation_of(connection), 0)  # everything that waits, whatever a cut left
                request, batch = self._compose(connection, progress)
                key = stick_key.load_or_make(connection, self._random)
                sealing = SealingDocument.from_json(meta.read(connection, meta.SEALING) or "")
            first = batch.first
            frames, asked = self._write_frames(request, batch, progress, said)
            letter = self._letter(request, progress, first, key, frames)
            self._note(request, progress, asked, letter)
            hub_key = read_public_key(sealing)
            raw = stick_file.write(stick_file.OUT, sealing.key_id, sealing.suite, hub_key, letter, frames)
            path = folder / stick_file.name_of(self._credentials.identity.terminal_no, stick_file.OUT)
            stick_folder.write_file(path, raw)
            with self._database.read() as connection:
                more = outbox.waits(connection, progress.sent_through)
        count = progress.sent_through - first + 1 if first else 0
        return Exported(path, count, len(raw), more)

    def _write_frames(
        self, request: RoundRequest, batch: outbox.Batch, progress: _Progress, said: Callable[[int], object]
    ) -> tuple[bytes, bytes]:
        """The frames of a round, and the signature of the last one."""
        head = HubRequest("POST", stick_file.PATH)
        opening = stream_opening(head, self._credentials.identity.terminal_id, progress.counter)
        writer = FrameWriter(opening, self._credentials.key.sign)
        frames = bytearray()
        for text, last in self._frames(request, batch, progress):
            frames += writer.frame(text, last=last)
            said(progress.sent_through - batch.first + 1 if batch else 0)
        return bytes(frames), writer.signatures[-1]

    def _letter(
        self, request: RoundRequest, progress: _Progress, first: int, key: stick_key.StickKey, frames: bytes
    ) -> Outgoing:
        letter = Outgoing(
            terminal_id=request.terminal_id,
            counter=progress.counter,
            incarnation=request.incarnation,
            generation=request.generation,
            first=first,
            through=progress.sent_through,
            checkpoints=request.checkpoints,
            made_ms=request.now_ms,
            reply_suite=SUITE_HYBRID,
            reply_key=to_text(key.public),
            certificate=self._credentials.certificate,
            content=stick_file.hash_of(frames),
        )
        return letter.changed(signature=to_text(self._credentials.key.sign(letter.signing_input())))

    def _note(self, request: RoundRequest, progress: _Progress, asked: bytes, letter: Outgoing) -> None:
        """Remembers what was asked, before it leaves: an answer is believed only by this."""
        journey = _Journey(
            counter=progress.counter,
            incarnation=request.incarnation,
            generation=request.generation,
            checkpoints=request.checkpoints,
            through=progress.sent_through,
            asked=to_text(asked),
            letter=letter.signature,
            local_ms=self._clockwork.local_ms(),
        )
        with self._database.write(urgent=True) as connection:
            _keep(connection, [*_journeys(connection), journey][-JOURNEYS_KEPT:])

    # ---------------------------------------------------------------- take in
    def take_in(self, place: Path) -> TakenIn:
        """Reads the hub's answer for this terminal. Never raises for what a file holds.

        Args:
            place: the folder of the stick, or one file.
        """
        progress = _Progress()
        try:
            with self._one_at_a_time, alone(self._home / LOCK_NAME, wait_s=self._lock_wait_s):
                answer, content = self._find(place)
                with self._database.read() as connection:
                    journey = next((one for one in _journeys(connection) if one.letter == answer.asked), None)
                    present = outbox.incarnation_of(connection)
                if journey is None:
                    raise Refused("stick", NOT_ASKED)
                if journey.done:
                    return self._report_of(progress, "old", READ_BEFORE)
                if present != journey.incarnation or answer.incarnation != journey.incarnation:
                    raise Refused("stick", OTHER_DISK)
                progress.counter, progress.incarnation = journey.counter, journey.incarnation
                progress.sent_through = journey.through
                if answer.status != 200:
                    return self._refused(content, journey, progress)
                return self._read(answer, content, journey, progress)
        except PointContactError as error:
            return self._report_of(progress, _code_of(error), error.message)

    def _find(self, place: Path) -> tuple[Answer, bytes]:
        """The genuine answer to this terminal that is on a stick: the newest, of several. Raises Refused…"""
        with self._database.read() as connection:
            key = stick_key.load(connection)
        named = not place.is_dir()
        found: list[tuple[Answer, bytes]] = []
        refusal: PointContactError = Refused("stick", NO_ANSWER)
        for path in [place] if named else stick_folder.files_in(place):
            try:
                envelope = stick_file.read(stick_folder.read_file(path))
                if envelope.head.way != stick_file.BACK or key is None or envelope.head.key_id != key.key_id:
                    if envelope.head.way == stick_file.OUT:
                        raise Refused("stick", FOR_THE_HUB if named else NO_ANSWER)
                    raise Refused("stick", OTHER_TERMINAL if named else NOT_ASKED)
                found.append(self._opened(key, envelope))
            except PointContactError as error:
                if named or path.name == stick_file.name_of(self._credentials.identity.terminal_no, stick_file.BACK):
                    refusal = error
        if not found:
            raise refusal
        return max(found, key=lambda one: one[0].counter)

    def _opened(self, key: stick_key.StickKey, envelope: stick_file.Envelope) -> tuple[Answer, bytes]:
        answer, content = stick_file.read_letter(key.open(envelope), Answer)
        if not verify(self._credentials.hub_key, from_text(answer.signature), answer.signing_input()):
            raise UntrustedHub(OTHER_HUB)
        if answer.terminal_id != self._credentials.identity.terminal_id:
            raise Refused("stick", OTHER_TERMINAL)
        return answer, content

    def _read(self, answer: Answer, content: bytes, journey: _Journey, progress: _Progress) -> TakenIn:
        """Every page of an answer, each in one transaction, as far as it goes on from where this replica stands."""
        hub_key = self._credentials.hub_key
        reader = FrameReader(answer_opening(from_text(journey.asked)), lambda given, data: verify(hub_key, given, data))
        before: RoundReply | None = None
        changed = False
        for text in reader.feed(content):
            reply = _read_reply(text)
            page = self._from_here(reply, before, journey)
            before = reply
            if page is None:
                continue
            changed = changed or page.checkpoints != self._stand().checkpoints
            _, anew = self._take_in(page, journey.local_ms, progress)
            if anew:
                break  # this very answer showed that the whole feed must be read: the next journey does
        if before is None or reader.ended != answer.whole:
            raise stick_file.damaged()
        if self._stand().checkpoints == before.checkpoints:
            self._check(before, progress)
        self._done(journey, before.now_ms)
        stand, moved = self._stand(), changed or progress.pushed or progress.pulled
        current = (stand.generation, stand.checkpoints) == (before.generation, before.checkpoints)
        code, message = ("ok", "") if moved or current else ("old", READ_BEFORE)
        return self._report_of(progress, code, message, more=not answer.whole)

    def _from_here(self, reply: RoundReply, before: RoundReply | None, journey: _Journey) -> RoundReply | None:
        """One page as this replica can use it now: without what it has heard since it asked; ``None`` for nothing.

        Raises:
            Refused: ``gap``, it begins beyond what was heard here.
        """
        stand = self._stand()
        start = journey.checkpoints if before is None else before.checkpoints
        renewed = before is None and reply.generation != journey.generation
        if before is None and (renewed or reply.refill):  # it begins the feed anew, and is believed over what is here
            if stand.generation == journey.generation and (renewed or stand.checkpoints == start):
                return reply
            if stand.generation == reply.generation and stand.checkpoints == reply.checkpoints:
                return None  # taken before this reading was cut
            start = {}
        if stand.generation != reply.generation:
            return None  # another history was heard of since
        if any(n > stand.checkpoints.get(part, 0) for part, n in start.items()):
            raise Refused("gap", BEYOND)
        if stand.refilling and stand.checkpoints != start:
            return None  # the whole feed is being read, from elsewhere
        heard = stand.checkpoints
        return reply.changed(
            entries=[one for one in reply.entries if one.n > heard.get(one.site_id, 0)],
            checkpoints={part: max(n, heard.get(part, 0)) for part, n in reply.checkpoints.items()},
            refill=False,
        )

    def _stand(self) -> _Stand:
        with self._database.read() as connection:
            return _Stand(
                meta.read(connection, meta.GENERATION),
                apply.read_checkpoints(connection),
                meta.read(connection, meta.REFILLING) is not None,
            )

    def _take_time(self, connection: Connection, signed_ms: int, local_ms: int) -> None:
        """The time of an answer that was on its way for days. ``local_ms`` is when it was asked for."""
        self._clockwork.take_late(connection, signed_ms, local_ms)

    def _repair(self, wanted: str, progress: _Progress) -> None:
        """No question can be asked on a stick: what comes next, a journey or a round, reads the whole feed."""
        with self._database.write(urgent=True) as connection:
            apply.start_refill(connection, self._node)

    # ---------------------------------------------------------------- refused
    def _refused(self, content: bytes, journey: _Journey, progress: _Progress) -> TakenIn:
        """What the hub refused: mended where that is possible, and said."""
        body = RefusalBody.from_bytes(content)
        mended = False
        with self._database.read() as connection:
            since = meta.read_int(connection, meta.COUNTER) != journey.counter
        if body.code == "replayed" and since:
            self._done(journey, 0)
            return self._report_of(progress, "old", READ_BEFORE)  # it was this very replica that spoke since
        if self._stand().generation == journey.generation:  # else a newer history was heard of: it says nothing now
            mended = self._mend(body, journey, progress)
        with self._database.write(urgent=True) as connection:
            meta.write(connection, meta.LAST_CODE, body.code)
            meta.write(connection, meta.LAST_MESSAGE, body.message)
        self._done(journey, body.now_ms)
        return self._report_of(progress, body.code, MENDED[body.code] if mended else body.message)

    def _mend(self, body: RefusalBody, journey: _Journey, progress: _Progress) -> bool:
        if body.code == "gap" and body.wanted is not None:
            return self._recover(Gap(body.message, wanted=body.wanted, now_ms=body.now_ms), progress)
        if body.code == "clock_ahead":
            with self._database.write(urgent=True) as connection:
                self._take_time(connection, body.now_ms, journey.local_ms)
                now_ms = self._clockwork.now_ms(connection)  # not the hub's of that day: much was written since
                return outbox.restamp(connection, now_ms, self._node) > 0
        if body.code == "replayed":  # and nothing was said from here: another copy of this disk has spoken
            with self._database.write(urgent=True) as connection:
                meta.bump(connection, meta.COUNTER, COUNTER_LEAP)
                self._redraw(connection)
            return True
        return False

    # ----------------------------------------------------------------- report
    def _done(self, journey: _Journey, heard_ms: int) -> None:
        """Nothing more is expected of this journey and of those before it; what is shown is as old as the answer."""
        with self._database.write(urgent=True) as connection:
            told = [one.changed(done=True) if one.counter <= journey.counter else one for one in _journeys(connection)]
            _keep(connection, told)
            known_ms = meta.read_int(connection, meta.LAST_CONTACT_MS)
            meta.write(connection, meta.LAST_CONTACT_MS, max(known_ms, heard_ms))

    def _report_of(self, progress: _Progress, code: str, message: str, *, more: bool = False) -> TakenIn:
        with self._database.read() as connection:
            waiting = outbox.count(connection, WAITING)
        return TakenIn(code in {"ok", "old"}, code, message, progress.pushed, progress.pulled, waiting, more)


def _journeys(connection: Connection) -> list[_Journey]:
    text = meta.read(connection, meta.STICKS)
    return [] if text is None else msgspec.json.decode(text, type=list[_Journey])


def _keep(connection: Connection, journeys: list[_Journey]) -> None:
    meta.write(connection, meta.STICKS, msgspec.json.encode(journeys).decode())


def _code_of(error: PointContactError) -> str:
    if isinstance(error, Refused):
        return error.code
    if isinstance(error, UntrustedHub):
        return "untrusted"
    if isinstance(error, AlreadyRunning):
        return "running"
    return "storage" if isinstance(error, StorageError) else "stick"
