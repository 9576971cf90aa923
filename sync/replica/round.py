"""One round: settle, push, pull, check. Readable from the top as a table of contents.

A request carries this terminal's waiting operations and its position; the signed answer carries
receipts and what is new. Everything an answer changes is written in one transaction, so a cut anywhere
loses nothing and the next round goes on from there. Only one round runs at a time on one home, whatever
the program (``instance.lock``); everything else may run beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from sync.clock import utc_text
from sync.errors import Gap, HubUnreachable, PointContactError, Refused, StorageError, UntrustedHub
from sync.replica import apply, grants, incarnation, meta, outbox, parked, retention, testimony
from sync.replica.clockwork import Clockwork
from sync.replica.conversation import UNTRUSTED, Signer, ask_in_frames, question
from sync.replica.database import ReplicaDatabase
from sync.replica.home import LOCK_NAME, AlreadyRunning, alone
from sync.replica.hub_client import UNREACHABLE, HubClient, check_dates
from sync.replica.identity import Credentials, check_sealing
from sync.replica.repair import Repair, digest_here
from sync.replica.tables import WAITING
from sync.wire import (
    STREAMED_PROTOCOL,
    CompareReply,
    CompareRequest,
    HubRequest,
    RoundReply,
    RoundRequest,
    SealingDocument,
)

OTHER_OPERATION = "other_operation"
"""The code of a receipt: another operation bears this number already, so this disk was put back."""
LOCK_WAIT_S = 30.0
REQUESTS_MAX = 500
FRAMES_MAX = 400
RECOVERIES_MAX = 6
DEFAULT_NEXT_ROUND_S = 300


@dataclass(frozen=True)
class RoundReport:
    """How a round went. ``code`` is ``ok``, the hub's refusal code, ``unreachable``, ``untrusted``,
    ``storage`` or ``running``; ``message`` is the sentence to show when it is not ``ok``. ``retry_s``: when a busy hub
    wants to be asked again, in seconds."""

    ok: bool
    code: str
    message: str
    pushed: int
    pulled: int
    waiting: int
    requests: int = 0
    next_round_s: int = DEFAULT_NEXT_ROUND_S
    retry_s: int | None = None


@dataclass
class _Progress:
    """What this round has done so far."""

    pushed: int = 0
    pulled: int = 0
    requests: int = 0
    recoveries: int = 0
    replayed: int = 0
    counter: int = 0
    sent_through: int = 0
    """The number of the last operation that the present request holds; 0 while it holds none."""
    arrived: tuple[str, int] | None = None
    """How much of a stream that was cut has arrived, once the hub has said so, and of which incarnation."""
    incarnation: str = ""
    unknown: bool = False
    next_round_s: int = DEFAULT_NEXT_ROUND_S
    retry_s: int | None = None


class Rounds:
    """The rounds of one terminal.

    Args:
        home: the terminal's folder, which holds the lock file.
        database: the encrypted database.
        credentials: who this terminal is and which hub it trusts.
        client: the seam to the network.
        clockwork: corrected time.
        random: returns that many random bytes.
        lock_wait_s: how long to wait for a round of another program on this home.
        settle: what is put in order at the beginning of each round, on line or not (``Store.release_grants``…).

    Attributes:
        operations_per_frame: how many operations travel together, and are sent again after a cut.
        frames_max: how many frames one request has.
        on_moved: is told how far a round is: the number of the last operation that left, and how many entries came.
    """

    def __init__(
        self,
        home: Path,
        database: ReplicaDatabase,
        credentials: Credentials,
        client: HubClient,
        clockwork: Clockwork,
        random: Callable[[int], bytes],
        *,
        lock_wait_s: float = LOCK_WAIT_S,
        settle: Sequence[Callable[[], object]] = (),
    ) -> None:
        self._home = home
        self._database = database
        self._credentials = credentials
        self._client = client
        self._clockwork = clockwork
        self._random = random
        self._lock_wait_s = lock_wait_s
        self._in_order = tuple(settle)
        self.operations_per_frame = outbox.OPERATIONS_PER_FRAME
        self.frames_max = FRAMES_MAX
        self.on_moved: Callable[[int, int], object] = lambda _sent_through, _pulled: None
        self._one_at_a_time = threading.Lock()
        self._node = credentials.identity.terminal_no

    def run(self) -> RoundReport:
        """Runs one round and says how it went. Never raises for what the network or the hub does."""
        progress = _Progress()
        with self._one_at_a_time:
            try:
                with alone(self._home / LOCK_NAME, wait_s=self._lock_wait_s):
                    self._settle()
                    reply = self._push_and_pull(progress)
                    self._check(reply, progress)
                    return self._report(progress, "ok", "")
            except PointContactError as error:
                return self._failure(progress, error)

    def ahead(self) -> tuple[int, int]:
        """The numbers between which operations wait: the last one that the hub has answered, and the last of all."""
        with self._database.read() as connection:
            return outbox.answered_through(connection), meta.read_int(connection, meta.NEXT_SEQ, 1) - 1

    # ------------------------------------------------------------------ settle
    def _settle(self) -> None:
        """Puts in order what does not need the hub: the reserve of disk space, which a full disk may have taken, then
        the grants that can be promised no more, and whatever else this replica settles by itself."""
        if self._database.restore_reserve():
            for act in self._in_order:
                act()

    # ----------------------------------------------------------- push and pull
    def _push_and_pull(self, progress: _Progress) -> RoundReply:
        """Exchanges until nothing waits on either side."""
        while True:
            try:
                reply, again = self._exchange(progress)
            except Refused as refusal:
                progress.recoveries += 1
                if progress.recoveries > RECOVERIES_MAX or not self._recover(refusal, progress):
                    raise
                continue
            if not again or progress.requests >= REQUESTS_MAX:
                return reply

    def _exchange(self, progress: _Progress) -> tuple[RoundReply, bool]:
        """One request and its genuine answer, each in as many frames as it takes; every frame of the answer is taken
        in as it comes. Returns the last one, and whether to exchange again."""
        progress.requests += 1
        with self._database.write(urgent=True) as connection:
            counter = progress.counter = meta.bump(connection, meta.COUNTER)  # durable before it is used
            request, batch = self._compose(connection, progress)
            progress.incarnation = request.incarnation
            if batch and outbox.waits(connection, batch.last):
                meta.write(connection, meta.UNSURE, 1)  # until an answer says how much of it has arrived
        certificate = self._credentials.certificate if progress.unknown else None
        signer = Signer(self._credentials.identity.terminal_id, self._credentials.key, counter, certificate)
        before_ms, local_ms = self._clockwork.local_ms(), -1
        reply: RoundReply | None = None
        frames = ask_in_frames(
            self._client,
            HubRequest("POST", "/v2/round"),
            self._credentials.hub_key,
            signer,
            self._frames(request, batch, progress),
        )
        for text, answer in frames:
            reply = _read_reply(text)
            if local_ms < 0:
                check_dates(answer, reply.now_ms)
                local_ms = (before_ms + self._clockwork.local_ms()) // 2
            again, whole_again = self._take_in(reply, local_ms, progress)
            self.on_moved(progress.sent_through, progress.pulled)
            if whole_again:
                break  # what follows in this answer goes on from a place where we do not stand any more
        if reply is None:
            raise HubUnreachable(UNREACHABLE)
        return reply, again

    def _frames(self, request: RoundRequest, batch: outbox.Batch, progress: _Progress) -> Iterator[tuple[bytes, bool]]:
        """What each frame of a request holds, and whether it is the last: read from the outbox while others travel."""
        for number in range(1, self.frames_max + 1):
            self.on_moved(progress.sent_through, progress.pulled)
            following = outbox.Batch()
            if batch:
                progress.sent_through = batch.last
                with self._database.read() as connection:
                    following = outbox.batch(connection, batch.last, self.operations_per_frame)
            last = not following or number == self.frames_max
            yield request.changed(more=request.more or (last and bool(following))).to_json_with(batch.texts), last
            if last:
                return
            request, batch = request.changed(confirmed={}), following

    def _compose(self, connection: Connection, progress: _Progress) -> tuple[RoundRequest, outbox.Batch]:
        """The first frame. After a stream that was cut it sends nothing and asks how much of that has arrived; then it
        goes on with the last operation that has: the hub compares it, for this disk may have been put back since."""
        progress.sent_through = 0
        sealing = meta.read(connection, meta.SEALING)
        incarnation, through = progress.arrived or ("", 0)
        known = incarnation == outbox.incarnation_of(connection)
        unsure = bool(meta.read_int(connection, meta.UNSURE)) and not known
        first = max(0, through - 1) if known else 0
        batch = outbox.Batch() if unsure else outbox.batch(connection, first, self.operations_per_frame)
        request = RoundRequest(
            protocol=STREAMED_PROTOCOL,
            terminal_id=self._credentials.identity.terminal_id,
            incarnation=outbox.incarnation_of(connection),
            now_ms=max(self._clockwork.local_ms(), 0),
            generation=meta.read(connection, meta.GENERATION),
            checkpoints=apply.read_checkpoints(connection),
            sealing_key_id=SealingDocument.from_json(sealing).key_id if sealing else None,
            confirmed=testimony.read(connection),
            public_url_wanted=meta.read(connection, meta.PUBLIC_URL_DAY) != _day(self._clockwork.local_ms()),
            more=unsure,
            answered=outbox.answered_through(connection) if known else None,
        )
        return request, batch

    def _take_in(self, reply: RoundReply, local_ms: int, progress: _Progress) -> tuple[bool, bool]:
        """Everything one frame of an answer changes, in one transaction. Returns whether to exchange again, and
        whether that must begin at once, from the beginning of the feed."""
        progress.next_round_s = reply.next_round_s
        with self._database.write(urgent=True) as connection:
            self._take_time(connection, reply.now_ms, local_ms)
            if meta.read(connection, meta.UNSURE) is not None:
                progress.arrived = (progress.incarnation, reply.applied_through)
                if progress.sent_through or not outbox.waits(connection):
                    meta.write(connection, meta.UNSURE, None)
            renewed = self._take_generation(connection, reply)
            if reply.refill and not renewed:
                apply.start_refill(connection, self._node)  # the hub does not keep what came after our checkpoint
            through = min(reply.applied_through, progress.sent_through)  # what was not sent was not compared either
            applied = self._pull(connection, reply, through)
            progress.pulled += applied.entries
            progress.pushed += self._acknowledge(connection, reply, through)
            apply.forget_sent(connection, applied.ended)
            if any(map(retention.says_over, reply.entries)):
                retention.destroy_over(connection)  # a visitor took it back at another terminal, or the hub closed it
            if renewed and not outbox.rewind(connection, reply.applied_through):
                self._redraw(connection)
            self._take_sealing(connection, reply)
            self._take_public_url(connection, reply, local_ms)
            if reply.checkpoints and not apply.read_checkpoints(connection):
                return True, True  # this very answer showed that the whole feed must be read
            if not reply.more:
                apply.finish_refill(connection)
                testimony.tidy(connection, utc_text(reply.now_ms))
                testimony.take_back_again(
                    connection, partial(self._clockwork.tick, connection, self._node), reply.now_ms
                )
                incarnation.settle(connection, progress.incarnation)
            return reply.more or outbox.waits(connection), False

    def _take_time(self, connection: Connection, signed_ms: int, local_ms: int) -> None:
        self._clockwork.take_signed(connection, signed_ms, local_ms)

    def _take_generation(self, connection: Connection, reply: RoundReply) -> bool:
        """A new generation: the hub was restored. Believe its feed, and fill it again from the outbox."""
        if meta.read(connection, meta.GENERATION) == reply.generation:
            return False
        testimony.remember(connection, utc_text(reply.now_ms))
        apply.start_refill(connection, self._node)
        meta.write(connection, meta.GENERATION, reply.generation)
        return True

    def _pull(self, connection: Connection, reply: RoundReply, through: int) -> apply.Applied:
        pending = apply.pending_after(connection, reply.entries, through, reply.receipts)
        applied = apply.apply(connection, reply.entries, pending, reply.now_ms, node=self._node)
        if applied.newest:
            self._clockwork.observe(connection, applied.newest)
        apply.write_checkpoints(connection, reply.checkpoints)
        return applied

    def _acknowledge(self, connection: Connection, reply: RoundReply, through: int) -> int:
        apply.note_losses(connection, reply.receipts, reply.now_ms)
        used = any(receipt.code == OTHER_OPERATION for receipt in reply.receipts)
        if used or reply.applied_through >= meta.read_int(connection, meta.NEXT_SEQ, 1):
            self._redraw(connection)  # the hub has numbers that this disk never gave: it was put back
            return 0
        grants.forget_unknown(connection, reply.receipts, reply.now_ms)
        apply.drop_forgotten(connection, reply.receipts, reply.now_ms)
        known = parked.set_aside(connection, through, reply.receipts)
        answered = outbox.acknowledge(connection, through, reply.receipts, reply.now_ms)
        outbox.purge(connection, reply.durable_through)
        if known:
            apply.start_refill(connection, self._node)  # for what the rejected change had replaced here
        return answered

    def _take_sealing(self, connection: Connection, reply: RoundReply) -> None:
        """A new sealing key of the hub, signed by its root; any other is refused and the old one kept."""
        if reply.sealing is None:
            return
        credentials = self._credentials
        check_sealing(
            reply.sealing, credentials.root_key, reply.now_ms, demonstration=credentials.identity.demonstration
        )
        meta.write(connection, meta.SEALING, reply.sealing.to_json().decode())

    def _take_public_url(self, connection: Connection, reply: RoundReply, local_ms: int) -> None:
        """The address that slips bear; it is asked for again on another day, by the clock of this machine."""
        if reply.public_url is not None:
            meta.write(connection, meta.PUBLIC_URL, reply.public_url)
            meta.write(connection, meta.PUBLIC_URL_DAY, _day(local_ms))

    def _redraw(self, connection: Connection) -> None:
        outbox.redraw(connection, self._clockwork.now_ms(connection), self._random)
        apply.start_refill(connection, self._node)

    # ---------------------------------------------------------------- recover
    def _recover(self, refusal: Refused, progress: _Progress) -> bool:
        """Mends what the hub refused, if that can be mended here. Returns whether to try again."""
        if refusal.code == "unknown_terminal" and not progress.unknown:
            progress.unknown = True  # a hub restored from before our enrolment: show it our certificate
            return True
        with self._database.write(urgent=True) as connection:
            if refusal.code == "clock_ahead" and refusal.now_ms is not None:
                self._take_time(connection, refusal.now_ms, self._clockwork.local_ms())
                return outbox.restamp(connection, refusal.now_ms, self._node) > 0
            if isinstance(refusal, Gap):
                if refusal.wanted < 1 or not outbox.rewind(connection, refusal.wanted - 1):
                    self._redraw(connection)
                return True
            if refusal.code == "replayed":
                if meta.read_int(connection, meta.COUNTER) != progress.counter:
                    return True  # a question of this home was faster (``asking``): no sign of another disk
                progress.replayed += 1
                if progress.replayed > 1:  # not one message delivered twice: this disk was put back
                    meta.bump(connection, meta.COUNTER, incarnation.COUNTER_LEAP << progress.replayed)
                    if progress.replayed == 2:
                        self._redraw(connection)
                return True
        return False

    # ------------------------------------------------------------------ check
    def _check(self, reply: RoundReply, progress: _Progress) -> None:
        """Compares what both ends hold, when nothing is under way; mends what differs."""
        with self._database.read() as connection:
            if reply.digest is None or reply.more or outbox.waits(connection):
                return
            agreed = meta.read(connection, meta.DIGEST_AGREED)
            if agreed == reply.digest and progress.pulled == 0 and progress.pushed == 0:
                return  # a quiet round: nothing moved on either side since both ends agreed
            if meta.read_int(connection, meta.COUNTER) != progress.counter:
                return  # a question brought news meanwhile, which that digest does not know of
            same = digest_here(connection) == reply.digest
            streak = meta.read_int(connection, meta.DIGEST_STREAK)
        with self._database.write(urgent=True) as connection:
            meta.write(connection, meta.DIGEST_AGREED, reply.digest if same else None)
            meta.write(connection, meta.DIGEST_STREAK, 0 if same else streak + 1)
            if not same:
                meta.bump(connection, meta.DIGEST_MISMATCHES)
                if streak > 1 and streak & (streak + 1) == 0:  # at 4, 8… differences in a row, not at every round
                    apply.start_refill(connection, self._node)
        if not same and streak <= 1:
            self._repair(reply.digest, progress)

    def _repair(self, wanted: str, progress: _Progress) -> None:
        """Mends the records that differ, one by one (``sync.replica.repair``); notes whether both ends agree now."""
        identity = self._credentials.identity
        ask = partial(self._question, progress)
        mended = Repair(self._database, self._clockwork, identity.terminal_id, self._node, ask).run()
        if mended is None:
            return  # something moved meanwhile: the next round compares again
        with self._database.write(urgent=True) as connection:
            meta.bump(connection, meta.REPAIRED, mended)
            if digest_here(connection) == wanted:
                meta.write(connection, meta.DIGEST_AGREED, wanted)
                meta.write(connection, meta.DIGEST_STREAK, 0)

    def _question(self, progress: _Progress, message: CompareRequest) -> CompareReply | None:
        """One question of a repair and its genuine answer; ``None`` when a question of this home was faster."""
        progress.requests += 1
        try:
            return question(self._client, self._database, self._credentials, "/v1/compare", message, CompareReply)
        except Refused as refusal:
            if refusal.code == "replayed":
                return None
            raise

    # ----------------------------------------------------------------- report
    def _report(self, progress: _Progress, code: str, message: str) -> RoundReport:
        """Notes how the round went, where every program of this home can read it."""
        ok = code == "ok"
        with self._database.write(urgent=True) as connection:
            now_ms = self._clockwork.now_ms(connection)
            answered = code not in ("unreachable", "untrusted", "storage", "running")
            if code != "running":
                meta.write(connection, meta.ONLINE, int(answered))
                meta.write(connection, meta.LAST_CODE, None if ok else code)
                meta.write(connection, meta.LAST_MESSAGE, None if ok else message)
            if answered:
                meta.write(connection, meta.LAST_CONTACT_MS, now_ms)
                meta.write(connection, meta.OFFLINE_SINCE_MS, None)
            elif code in ("unreachable", "untrusted") and meta.read(connection, meta.OFFLINE_SINCE_MS) is None:
                meta.write(connection, meta.OFFLINE_SINCE_MS, now_ms)
            waiting = outbox.count(connection, WAITING)
        return RoundReport(
            ok, code, message, progress.pushed, progress.pulled, waiting, progress.requests, progress.next_round_s,
            progress.retry_s,
        )  # fmt: skip

    def _failure(self, progress: _Progress, error: PointContactError) -> RoundReport:
        code = _code_of(error)
        progress.retry_s = error.retry_s if isinstance(error, Refused) else None
        try:
            return self._report(progress, code, error.message)
        except StorageError as also:
            return RoundReport(False, "storage", also.message, progress.pushed, progress.pulled, -1, progress.requests)


def _day(now_ms: int) -> str:
    return utc_text(max(now_ms, 0))[:10]


def _read_reply(text: bytes) -> RoundReply:
    try:
        return RoundReply.from_json(text)
    except ValueError:
        raise UntrustedHub(UNTRUSTED) from None


def _code_of(error: PointContactError) -> str:
    if isinstance(error, Refused):
        return error.code
    if isinstance(error, HubUnreachable):
        return "unreachable"
    if isinstance(error, UntrustedHub):
        return "untrusted"
    return "running" if isinstance(error, AlreadyRunning) else "storage"
