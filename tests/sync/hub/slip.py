"""What the tests of slips share: a claim as a terminal signs it, its page, and a reference as it is read out."""

from __future__ import annotations

import re
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync import escrow
from sync.change import Value, new_id
from sync.claim import Claim, encode_claim, hash_reference, make_reference
from sync.hub import courier
from sync.hub.claims import HEADERS, ClaimDesk
from sync.hub.courier import Opened
from sync.wire import Operation
from tests.sync.hub.granted import grants_of, promise
from tests.sync.hub.stand import Signer, Stand


def claim_of(
    signer: Signer, kind: str, record_id: str, slot_id: str | None = None, *, key: Ed25519PrivateKey | None = None,
    **changed: object,
) -> str:  # fmt: skip
    """The text of a signed claim; a request unless told."""
    now_s = signer.hub.clock() // 1000
    made = Claim(
        kind, "requested", "fr", signer.certificate.terminal_no, 0, 0, 1, now_s, now_s + 86_400, signer.incarnation,
        record_id, slot_id,
    )  # fmt: skip
    made = replace(made, **changed)  # type: ignore[arg-type]
    return encode_claim(made, (key or signer.key).sign(Claim.signing_input(made.to_bytes())))


def promised(signer: Signer, grant_id: str, spend_no: int = 1, **values: Value) -> tuple[Operation, str, str]:
    """A booking that a terminal made on a grant: its operation, the claim and the reference on its slip."""
    grant = grants_of(signer.hub, signer)[grant_id]
    slot_id, number = str(grant["slot_id"]), int(str(grant["number"]))
    index = escrow.reference_index(number, spend_no)
    assert index is not None
    reference = make_reference(
        signer.certificate.terminal_no, index, signer.hub.keys.reference_secret(signer.terminal_id)
    )
    record_id = new_id(signer.hub.clock(), signer.hub.random(10))
    said: dict[str, Value] = {"reference_no": index, "reference_hash": hash_reference(reference, record_id), **values}
    operation = promise(signer, grant_id, slot_id, spend_no, record_id=record_id, **said)
    text = claim_of(
        signer, "booking", record_id, slot_id, promise="guaranteed", grant_no=number, spend_no=spend_no,
        reference_no=index, expires_s=signer.hub.clock() // 1000 + 30 * 86_400,
    )  # fmt: skip
    return operation, text, reference.shown


def page(hub: Stand, text: str) -> tuple[int, str]:
    """Status and text of a claim's page, its style and its non-breaking spaces left out."""
    answer = ClaimDesk(hub.database, hub.keys, now_ms=hub.clock, random=hub.random).page(text)
    assert answer.headers == HEADERS
    return answer.status, re.sub(r"<style>.*?</style>", "", answer.body.decode()).replace("\u00a0", " ")


def voice(hub: Stand, typed: str, *, caller: str = "person|Camille Martin", site_id: str | None = None) -> Opened:
    """A reference read out on the phone."""
    with hub.database.write() as connection:
        return courier.open_reference(
            connection, hub.keys, caller, typed, hub.clock(), site_id=site_id, random=hub.random
        )  # fmt: skip
