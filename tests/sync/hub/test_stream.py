"""A round in frames at the hub: each is applied as it comes, and nothing of a stream can be used for anything else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync import signature
from sync.digest import Key, digest_of, mark_of
from sync.errors import Refused
from sync.frames import FrameWriter
from sync.hub import feed, fleet, grants
from sync.hub.stream import RoundStream
from sync.wire import (
    HEADER_COUNTER,
    HEADER_PROTOCOL,
    HubRequest,
    Operation,
    RoundRequest,
)
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand, hub_in, statements_of
from tests.sync.hub.streams import in_frames, replies, whole


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def fed(hub: Stand, head: HubRequest, frames: list[bytes]) -> RoundStream:
    stream = hub.exchange.stream(head)
    for frame in frames:
        stream.feed(frame)
    return stream


def why_refused(hub: Stand, head: HubRequest, frames: list[bytes]) -> str:
    with pytest.raises(Refused) as caught:
        fed(hub, head, frames)
    return caught.value.code


def known(hub: Stand) -> set[str]:
    return {record_id for _, kind, record_id in hub.feed_of() if kind == "registration"}


def made(terminal: Signer, count: int) -> list[Operation]:
    return [terminal.registration() for _ in range(count)]


def test_each_frame_is_applied_as_it_comes(hub: Stand) -> None:
    terminal = hub.enrol()
    batches = [made(terminal, 2), made(terminal, 2), made(terminal, 1)]
    head, frames = in_frames(terminal, *batches)
    stream = hub.exchange.stream(head)
    seen: set[str] = set()
    for frame, batch in zip(frames, batches, strict=True):
        stream.feed(frame[:-1])
        assert known(hub) == seen
        stream.feed(frame[-1:])
        seen |= {one.id for one in batch}
        assert known(hub) == seen
    [reply] = replies(hub, stream)
    assert (reply.applied_through, reply.receipts) == (5, [])


def test_frames_that_have_arrived_together_share_a_transaction(hub: Stand) -> None:
    terminal = hub.enrol()
    batches = [made(terminal, 150) for _ in range(8)]
    head, frames = in_frames(terminal, *batches)
    stream = hub.exchange.stream(head)
    run = [statement for statement, _ in statements_of(hub, lambda: stream.feed(b"".join(frames)))]
    assert len([one for one in run if one.startswith("INSERT INTO hub_receipt_run")]) == 2, (
        "of 1,000 operations at most"
    )
    assert len([one for one in run if one.startswith("BEGIN IMMEDIATE")]) == 2
    assert replies(hub, stream)[-1].applied_through == 1200


def test_frames_that_are_refused_together_are_refused_once(hub: Stand) -> None:
    """Of more than one transaction takes, too: the first is refused while the next are read."""
    terminal = hub.enrol()
    made(terminal, 1)
    head, frames = in_frames(terminal, *[made(terminal, 150) for _ in range(8)])
    stream = hub.exchange.stream(head)
    with pytest.raises(Refused) as caught:
        stream.feed(b"".join(frames))
    assert caught.value.code == "gap"
    assert known(hub) == set()


def test_of_a_stream_that_is_cut_every_whole_frame_stays(hub: Stand) -> None:
    terminal = hub.enrol()
    batches = [made(terminal, 2), made(terminal, 2), made(terminal, 2)]
    head, frames = in_frames(terminal, *batches)
    stream = fed(hub, head, [frames[0], frames[1], frames[2][:50]])
    with pytest.raises(Refused) as caught:
        next(stream.answer())
    assert caught.value.code == "cut"
    [asked] = whole(hub, terminal, [], more=True)
    assert asked.applied_through == 4
    [rest] = whole(hub, terminal, batches[2])
    assert rest.applied_through == 6
    assert len(known(hub)) == 6


def test_a_stream_is_taken_once(hub: Stand) -> None:
    terminal = hub.enrol()
    head, frames = in_frames(terminal, made(terminal, 1), made(terminal, 1))
    fed(hub, head, frames)
    before = hub.feed_of()
    assert why_refused(hub, head, frames) == "replayed"
    assert hub.feed_of() == before


def test_no_frame_is_of_use_in_another_stream_or_place(hub: Stand) -> None:
    terminal = hub.enrol()
    head, frames = in_frames(terminal, made(terminal, 1), made(terminal, 1), made(terminal, 1))
    other_head, other_frames = in_frames(terminal, [], [])
    assert why_refused(hub, head, [frames[0], other_frames[1]]) == "bad_signature"
    assert why_refused(hub, other_head, [frames[0]]) == "bad_signature"
    later, moved = in_frames(terminal, [], [], [])
    assert why_refused(hub, later, [moved[0], moved[2]]) == "bad_signature"
    assert len(known(hub)) == 1, "the first frame of the first stream was genuine"


def test_a_terminal_that_is_revoked_meanwhile_is_not_heard_any_more(hub: Stand) -> None:
    terminal = hub.enrol()
    head, frames = in_frames(terminal, made(terminal, 1), made(terminal, 1))
    stream = fed(hub, head, frames[:1])
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), terminal.terminal_id, ADMIN)
    with pytest.raises(Refused) as caught:
        stream.feed(frames[1])
    assert caught.value.code == "revoked"
    assert len(known(hub)) == 1


def test_a_question_in_between_does_not_end_a_stream_and_another_incarnation_does(hub: Stand) -> None:
    terminal = hub.enrol()
    head, frames = in_frames(terminal, made(terminal, 1), made(terminal, 1), made(terminal, 1))
    stream = fed(hub, head, frames[:1])
    hub.exchange.answer(terminal.signed(b"anything that uses a number up", path="/v1/take"))
    stream.feed(frames[1])
    terminal.incarnation, terminal.seq = "another-incarnation", 0
    terminal.round()
    with pytest.raises(Refused) as caught:
        stream.feed(frames[2])
    assert caught.value.code == "replayed"


def test_a_later_frame_that_is_refused_leaves_the_earlier_ones_and_the_refusal_is_bound_to_it(hub: Stand) -> None:
    terminal = hub.enrol()
    first, _left_out, third = made(terminal, 1), made(terminal, 1), made(terminal, 1)
    head, frames = in_frames(terminal, first, third)
    refused = hub.exchange.answer(HubRequest(head.method, head.path, b"".join(frames), head.headers))
    last = frames[1][4:68]
    body = hub.refusal(refused, last)
    assert (body.code, body.wanted) == ("gap", 2)
    assert known(hub) == {first[0].id}


def test_a_long_feed_is_told_frame_by_frame(hub: Stand) -> None:
    terminal = hub.enrol()
    for _ in range(3):
        terminal.round(made(terminal, 400))
    terminal.checkpoints = {}
    told = whole(hub, terminal, [])
    assert [len(reply.entries) for reply in told] == [1000, 1000, 401]
    assert [reply.more for reply in told] == [True, True, False]
    assert [entry.n for reply in told for entry in reply.entries] == list(range(1, 2402))
    assert (told[0].digest, told[-1].digest is not None) == (None, True)
    assert [len(reply.receipts) for reply in told] == [0, 0, 0]


def test_a_quiet_round_brings_the_digest_of_what_is_visible(hub: Stand) -> None:
    hub.add_site("site-saint-denis")
    terminal = hub.enrol()
    whole(hub, terminal, [terminal.registration()])
    with hub.database.read() as connection:
        page = feed.read_after(connection, {}, [SITE], "")
    stamps: dict[Key, dict[str, str]] = {}
    for entry in page.entries:
        held = stamps.setdefault((entry.kind, entry.site_id, entry.id), {})
        held.update({name: given.stamp for name, given in entry.fields.items()})
    quiet = whole(hub, terminal, [])[-1]
    assert quiet.entries == []
    assert quiet.digest == digest_of(mark_of(key, held) for key, held in stamps.items())
    assert whole(hub, terminal, [])[-1].digest == quiet.digest
    hub.add_slot()
    assert whole(hub, terminal, [])[-1].digest != quiet.digest


def test_only_what_says_more_than_applied_has_a_receipt(hub: Stand) -> None:
    terminal = hub.enrol()
    wrong = terminal.registration().changed(site_id="elsewhere")
    [reply] = whole(hub, terminal, [wrong], made(terminal, 1))
    assert [(receipt.seq, receipt.outcome, receipt.code) for receipt in reply.receipts] == [
        (1, "rejected", "wrong_site")
    ]
    assert reply.applied_through == 2


def test_only_with_its_last_frame_has_a_terminal_told_everything(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round()
    with hub.database.write() as connection:
        generation = feed.renew_generation(connection, hub.clock(), hub.random)

    def has_reported() -> bool:
        with hub.database.read() as connection:
            return not grants.frozen(connection, SITE)

    head, frames = in_frames(terminal, made(terminal, 1), made(terminal, 1), generation=generation)
    stream = fed(hub, head, frames[:1])
    assert not has_reported()
    stream.feed(frames[1])
    assert has_reported()


@pytest.mark.parametrize(
    ("headers", "code"), [({HEADER_PROTOCOL: "1"}, "protocol"), ({HEADER_COUNTER: "x"}, "malformed")]
)
def test_a_head_that_is_not_right_is_refused_before_any_frame(hub: Stand, headers: dict[str, str], code: str) -> None:
    terminal = hub.enrol()
    head, _ = in_frames(terminal, [])
    with pytest.raises(Refused) as caught:
        hub.exchange.stream(HubRequest(head.method, head.path, b"", {**head.headers, **headers}))
    assert caught.value.code == code


def test_what_is_no_round_in_a_genuine_frame_uses_its_number_up(hub: Stand) -> None:
    terminal = hub.enrol()
    head, _ = in_frames(terminal, [])
    writer = FrameWriter(signature.stream_opening(head, terminal.terminal_id, terminal.counter), terminal.key.sign)
    odd = writer.frame(b'{"what": "is this"}', last=True)
    assert why_refused(hub, head, [odd]) == "malformed"
    assert why_refused(hub, head, [odd]) == "replayed"


def test_a_round_of_the_protocol_before_is_answered_too(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round(made(terminal, 1))
    [reply] = whole(hub, terminal, made(terminal, 1))
    assert reply.applied_through == 2
    assert RoundRequest.from_json(terminal.request([]).to_json()).protocol == 1
    assert SITE in reply.checkpoints
