"""Streamed rounds of a terminal without a store: its frames, and the hub's answer, every frame of it checked."""

from __future__ import annotations

from sync import signature
from sync.frames import FrameReader, FrameWriter
from sync.hub.stream import RoundStream
from sync.wire import HEADER_COUNTER, HEADER_PROTOCOL, HEADER_TERMINAL, HubRequest, Operation, RoundReply
from tests.sync.hub.stand import Signer, Stand


def in_frames(terminal: Signer, *batches: list[Operation], **changed: object) -> tuple[HubRequest, list[bytes]]:
    """The head of a streamed round and its frames, one for each batch of operations."""
    terminal.counter += 1
    head = HubRequest("POST", "/v2/round", b"", {
        HEADER_TERMINAL: terminal.terminal_id, HEADER_COUNTER: str(terminal.counter), HEADER_PROTOCOL: "2",
    })  # fmt: skip
    writer = FrameWriter(signature.stream_opening(head, terminal.terminal_id, terminal.counter), terminal.key.sign)
    messages = [terminal.request(batch, **{"protocol": 2, **changed}) for batch in batches]
    frames = [writer.frame(one.to_json(), last=at == len(messages)) for at, one in enumerate(messages, start=1)]
    return head, frames


def replies(hub: Stand, stream: RoundStream) -> list[RoundReply]:
    """The frames of the answer, each signed by the hub and bound to what it answers."""
    opening = signature.answer_opening(stream.asked)
    reader = FrameReader(opening, lambda signed, data: signature.verify(hub.keys.identity_public, signed, data))
    found = [RoundReply.from_json(text) for frame in stream.answer() for text in reader.feed(frame)]
    assert reader.ended
    return found


def whole(hub: Stand, terminal: Signer, *batches: list[Operation], **changed: object) -> list[RoundReply]:
    """One streamed round that the hub must take."""
    head, frames = in_frames(terminal, *batches, **changed)
    stream = hub.exchange.stream(head)
    for frame in frames:
        stream.feed(frame)
    told = replies(hub, stream)
    terminal.generation, terminal.checkpoints = told[-1].generation, told[-1].checkpoints
    return told


def quiet_digest(terminal: Signer) -> str | None:
    """The digest at the end of a round in which the terminal sends nothing."""
    return whole(terminal.hub, terminal, [])[-1].digest
