"""What terminals send on a stick, taken as their rounds are, and the answers written beside it.

``exchange`` reads every file of a folder: an administrator plugs in what a courier brought, from one terminal or from a
whole site, and gives the stick back. A file is taken through ``stream.RoundStream``, with the rules of
``exchange.Exchange``; only the number of its request is judged otherwise, because days may lie between asking and
answering. Older than what the terminal has said since: nothing is done. The very same file again: answered anew, since
the answer may have been lost with its stick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from sync import stick_file, stick_folder
from sync.errors import Gap, InvalidInput, PointContactError, Refused
from sync.hub import accounts, vault
from sync.hub.caller import Caller
from sync.hub.database import read_meta, write_meta
from sync.hub.exchange import Exchange
from sync.hub.ingest import Ingested
from sync.seal import public_key_of
from sync.stick_file import Answer, Outgoing
from sync.wire import (
    HEADER_CERTIFICATE,
    HEADER_COUNTER,
    HEADER_PROTOCOL,
    HEADER_TERMINAL,
    STREAMED_PROTOCOL,
    HubRequest,
    RefusalBody,
    RoundReply,
    RoundRequest,
    from_text,
    to_text,
)

TAKEN, AGAIN, OLD, REFUSED, UNREADABLE = "taken", "again", "old", "refused", "unreadable"
OLDER = (
    "Cette borne s’est synchronisée, ou a écrit une autre clé, après ce fichier : rien n’est à en prendre. "
    "Si elle attend encore, refaites-y « point-contact terminal export »."
)
NOT_THIS_HUB = (
    "Ce fichier est scellé pour une clé que ce hub n’a pas : apportez-le au hub de cette borne. Rien n’en a été pris."
)
GAP = (
    "Il manque à ce hub des envois plus anciens de cette borne : rien n’a été pris, et la réponse le dit à la borne. "
    "Lisez-la sur la borne, refaites-y « point-contact terminal export », et rapportez la clé."
)


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    Attributes:
        file: its name.
        outcome: ``taken``, ``again`` (taken before, answered anew), ``old``, ``refused`` or ``unreadable``.
        code, message: why, when it was not taken.
        terminal_no, site_id: whose it is, once that is certain.
        first, through: the numbers of the operations in it, 0 and 0 without any.
        answer: the name of the file that was written for the terminal; ``None`` when there is none.
    """

    file: str
    outcome: str
    code: str | None = None
    message: str | None = None
    terminal_no: int | None = None
    site_id: str | None = None
    first: int = 0
    through: int = 0
    answer: str | None = None


def exchange(
    hub: Exchange, folder: Path, who: str, said: Callable[[Outcome], object] = lambda _outcome: None, *,
    answer_bytes_max: int = stick_file.ANSWER_BYTES_MAX,
) -> list[Outcome]:  # fmt: skip
    """Takes in every terminal's file of a folder and writes the answers beside them.

    Args:
        hub: answers, as it answers rounds.
        folder: of the stick.
        who: a person with the role ``exploitation``; the journal has a line for each file that was taken.
        said: is told of each file as it was dealt with.
        answer_bytes_max: how long an answer may be, but for its first page; what is beyond waits for the next journey.

    Raises:
        InvalidInput: no such folder, or nothing of a terminal in it.
        Refused: ``who`` may not do this.
        DiskFull, StorageError: an answer cannot be written. What was taken stays taken: the same stick again is
            answered again.
    """
    with hub.database.read() as connection:
        accounts.require(connection, who, accounts.EXPLOITATION)
    paths, done = _by_age(hub, folder), []
    if not paths:
        raise InvalidInput(
            "Il n’y a aucun envoi de borne sur cette clé : une borne l’écrit avec « point-contact terminal export »."
        )
    for path in paths:
        done.append(_dealt_with(hub, path, who, answer_bytes_max))
        said(done[-1])
    return done


@dataclass(frozen=True)
class _Opened:
    letter: Outgoing
    frames: bytes


def _by_age(hub: Exchange, folder: Path) -> list[Path]:
    """Every file towards a hub, those of one terminal in the order in which it wrote them.

    One is opened at a time, here and once more when it is taken: together they may be larger than the memory.
    """
    found: list[tuple[int, Path]] = []
    for path in stick_folder.files_in(folder):
        try:
            opened = _open(hub, path)
        except PointContactError:
            found.append((0, path))
        else:
            found += [] if opened is None else [(opened.letter.counter, path)]
    return [path for _, path in sorted(found)]


def _dealt_with(hub: Exchange, path: Path, who: str, answer_bytes_max: int) -> Outcome:
    try:
        opened = _open(hub, path)
        if opened is None:
            raise Refused("malformed", stick_file.NOT_OURS)
    except PointContactError as error:
        code = error.code if isinstance(error, Refused) else UNREADABLE
        return Outcome(path.name, UNREADABLE, code, error.message)
    return _Journey(hub, path, opened, answer_bytes_max).run(who)


def _open(hub: Exchange, path: Path) -> _Opened | None:
    """What a terminal wrote; ``None`` for an answer of a hub. Raises PointContactError."""
    envelope = stick_file.read(stick_folder.read_file(path))
    if envelope.head.way == stick_file.BACK:
        return None
    if envelope.head.key_id not in {one.key_id for one in hub.keys.documents}:
        raise Refused("wrong_hub", NOT_THIS_HUB)
    return _Opened(*stick_file.read_letter(vault.open_stick(hub.keys.home, envelope), Outgoing))


class _Journey:
    """One file of one terminal, from its letter to the answer."""

    def __init__(self, hub: Exchange, path: Path, opened: _Opened, answer_bytes_max: int) -> None:
        self._hub = hub
        self._path = path
        self._letter = opened.letter
        self._frames = opened.frames
        self._answer_bytes_max = answer_bytes_max
        self._caller: Caller | None = None

    def run(self, who: str) -> Outcome:
        """Takes it in and answers; what is wrong with it is said in what is returned."""
        letter = self._letter
        head = HubRequest(
            "POST", stick_file.PATH, b"",
            {
                HEADER_PROTOCOL: str(STREAMED_PROTOCOL), HEADER_TERMINAL: letter.terminal_id,
                HEADER_COUNTER: str(letter.counter), HEADER_CERTIFICATE: to_text(letter.certificate.to_json()),
            },
        )  # fmt: skip
        try:
            public_key_of(from_text(letter.reply_key), letter.reply_suite)  # or nothing could be answered
            signed = from_text(letter.signature)
            caller = self._hub.caller_of(head, letter.terminal_id, letter.counter, signed, letter.signing_input())
        except Refused as refusal:  # nobody is sure whose it is: there is nobody to answer
            return self._outcome(REFUSED, refusal)
        self._caller = caller
        key = f"stick/{letter.terminal_id}"
        with self._hub.database.write() as connection:
            again = read_meta(connection, key) == letter.signature and caller.known_counter >= letter.counter
            if caller.known_counter > letter.counter or (caller.known_counter == letter.counter and not again):
                return self._old()
            write_meta(connection, key, letter.signature)
            detail = f"{letter.incarnation},{letter.counter},{letter.first}-{letter.through}"
            accounts.audit(connection, self._hub.now_ms(), who, "stick.take", letter.terminal_id, detail)
        return self._answered(head, again)

    def _answered(self, head: HubRequest, again: bool) -> Outcome:
        refusal, whole = None, True
        try:
            stream = self._hub.stream(head, _StickRules(self._hub, again))
            stream.feed(self._frames)
            status, (content, whole) = 200, _within(self._answer_bytes_max, stream.answer())
        except Refused as error:
            if error.code == "replayed":  # it spoke over the network at this very moment
                return self._old()
            refusal, status, content = error, error.status, self._refusal(error)
        name = self._write(status, content, whole)
        if refusal is None:
            return replace(self._outcome(AGAIN if again else TAKEN), answer=name)
        if refusal.code == "gap":
            refusal = Refused("gap", GAP)
        return replace(self._outcome(REFUSED, refusal), answer=name)

    def _old(self) -> Outcome:
        """Nothing is taken. The terminal is told: one that has not spoken since learns that a copy of it has."""
        outcome = self._outcome(OLD, Refused("old", OLDER))
        return replace(outcome, answer=self._write(409, self._refusal(Refused("replayed", OLDER)), whole=True))

    def _refusal(self, error: Refused) -> bytes:
        wanted = error.wanted if isinstance(error, Gap) else None
        return RefusalBody(code=error.code, message=error.message, now_ms=self._hub.now_ms(), wanted=wanted).to_bytes()

    def _write(self, status: int, content: bytes, whole: bool) -> str:
        """Writes the answer of this hub, sealed to the key that the letter names, and returns its name."""
        assert self._caller is not None
        letter = self._letter
        answer = Answer(
            terminal_id=letter.terminal_id,
            counter=letter.counter,
            incarnation=letter.incarnation,
            generation=self._caller.generation,
            made_ms=self._hub.now_ms(),
            asked=letter.signature,
            status=status,
            whole=whole,
            content=stick_file.hash_of(content),
        )
        answer = answer.changed(signature=to_text(self._hub.keys.identity.sign(answer.signing_input())))
        public = from_text(letter.reply_key)
        key = public_key_of(public, letter.reply_suite)
        raw = stick_file.write(stick_file.BACK, stick_file.key_id_of(public), letter.reply_suite, key, answer, content)
        name = stick_file.name_of(self._caller.terminal_no, stick_file.BACK)
        stick_folder.write_file(self._path.with_name(name), raw)
        return name

    def _outcome(self, outcome: str, refusal: Refused | None = None) -> Outcome:
        known = self._caller
        return Outcome(
            self._path.name, outcome,
            code=None if refusal is None else refusal.code,
            message=None if refusal is None else refusal.message,
            terminal_no=None if known is None else known.terminal_no,
            site_id=None if known is None else known.site_id,
            first=self._letter.first, through=self._letter.through,
        )  # fmt: skip


class _StickRules:
    """The rules of the hub, for a request that may come a second time."""

    def __init__(self, hub: Exchange, again: bool) -> None:
        self._hub = hub
        self._again = again
        self.database, self.keys = hub.database, hub.keys
        self.numbered, self.caller_of, self.now_ms = hub.numbered, hub.caller_of, hub.now_ms

    def admit(
        self, connection: Connection, caller: Caller, message: RoundRequest | Refused, now_ms: int, protocol: int
    ) -> tuple[Caller, RoundRequest | Refused]:
        """As of a round; the very same request again uses no number up, it was used up the first time."""
        if self._again and caller.counter == caller.known_counter and not caller.revoked:
            return caller, message
        return self._hub.admit(connection, caller, message, now_ms, protocol)

    def take(
        self, connection: Connection, caller: Caller, message: RoundRequest, now_ms: int, *, last: bool
    ) -> Ingested | Refused:
        """As of a round."""
        return self._hub.take(connection, caller, message, now_ms, last=last)

    def again(self, caller: Caller) -> Caller:
        """As of a round."""
        return self._hub.again(caller)

    def tell(self, caller: Caller, message: RoundRequest, taken: Ingested, now_ms: int) -> RoundReply:
        """As of a round."""
        return self._hub.tell(caller, message, taken, now_ms)


def _within(limit: int, frames: Iterator[bytes]) -> tuple[bytes, bool]:
    """The frames of an answer as far as one file may hold them, and whether that is all."""
    content = bytearray()
    for frame in frames:
        if content and len(content) + len(frame) > limit:
            return bytes(content), False
        content += frame
    return bytes(content), True
