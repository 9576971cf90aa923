"""A real terminal that was cut off, and the real hub that a phone or a voice told first: both ends end alike."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from sync.claim import hash_reference
from sync.hub import courier
from sync.hub.claims import ClaimDesk
from tests.sync.replica.stand_in import a_booking
from tests.sync.replica.test_the_real_hub import RealHub, a_terminal

SLOTS = [str(uuid.UUID(int=n)) for n in (1, 2)]


@pytest.mark.parametrize("cancelled", [False, True])
@pytest.mark.parametrize("way", ["phone", "voice", "both"])
def test_a_booking_that_was_carried_is_completed_and_both_ends_agree(tmp_path: Path, way: str, cancelled: bool) -> None:
    real = RealHub(tmp_path / "hub")
    for at, slot_id in enumerate(SLOTS):
        day = f"2026-12-0{at + 1}T08"
        real.write("slot", slot_id, {
            "external_ref": f"c-{at}", "reason": "suivi", "starts_at": f"{day}:00:00Z", "ends_at": f"{day}:30:00Z",
        })  # fmt: skip
    terminal = a_terminal(real, tmp_path / "a")
    try:
        assert terminal.rounds.run().ok
        store = terminal.store
        slot_id = next(iter(store.guaranteed_slots()))
        held, record_id = store.hold(slot_id, "visit"), store.new_id()
        reference = store.reference_for(held)
        text = store.sign_claim(
            "booking", "guaranteed", record_id, slot_id, real.now() // 1000 + 10**7, reference=reference,
            language="fr", grant_no=held.number, spend_no=held.spend_no,
        )  # fmt: skip
        values = {
            **a_booking(), "slot_id": slot_id, "reference_no": reference.index,
            "reference_hash": hash_reference(reference, record_id),
        }  # fmt: skip
        values.pop("state", None)
        assert store.book(held, "visit", record_id, values) == "guaranteed"
        if cancelled:
            store.write("booking", record_id, {"state": "cancelled"})
        if way != "phone":
            with real.database.write() as connection:
                assert courier.open_reference(connection, real.keys, "p", reference.shown, real.now()).outcome == "made"
        if way != "voice":
            assert ClaimDesk(real.database, real.keys, now_ms=real.now).page(text).status == 200
        for _ in range(3):
            real.now.ms += 1000
            report = terminal.rounds.run()
            assert report.ok, report.message
        kept = store.get("booking", record_id)
        assert kept is not None
        assert kept.values()["state"] == ("cancelled" if cancelled else "guaranteed")
        assert kept.values()["carried"] is False
        live = [one for _, one in store.list("booking") if one.values()["state"] in {"guaranteed", "confirmed"}]
        assert len(live) == (0 if cancelled else 1)
        assert (terminal.status().digest_mismatches, terminal.status().waiting) == (0, 0)
    finally:
        terminal.close()
        real.database.close()
