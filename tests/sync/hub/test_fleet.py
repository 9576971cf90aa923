"""Invitations, enrolment and revocation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync import invitation, signature
from sync.errors import InvalidInput, Refused
from sync.hub import accounts, fleet
from sync.hub.database import table_of
from sync.hub.tables import Invited
from sync.wire import EnrolReply, EnrolRequest, HubRequest, from_text, to_text
from tests.sync.hub.stand import ADMIN, SITE, START_MS, Stand, hub_in

HALF_AN_HOUR_MS = 30 * 60 * 1000


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def refused_code(hub: Stand, code: str, **changed: str) -> str:
    request, _, _ = hub.enrol_request(code, **changed)  # type: ignore[arg-type]
    return hub.refusal(hub.exchange.answer(request)).code


def test_an_invited_terminal_gets_a_signed_certificate(hub: Stand) -> None:
    code = hub.invite(functions=("borne", "accueil"))
    request, key, _ = hub.enrol_request(code)
    reply = hub.genuine(hub.exchange.answer(request), EnrolReply)
    certificate = reply.certificate
    assert (certificate.site_id, certificate.functions) == (SITE, ["accueil", "borne"])
    assert (certificate.terminal_no, certificate.issued_at_ms, certificate.demonstration) == (1, START_MS, False)
    assert from_text(certificate.terminal_key) == signature.public_bytes(key)
    signed = from_text(certificate.signature)
    assert signature.verify(hub.keys.identity_public, signed, certificate.signing_input())
    assert reply.sealing == hub.keys.sealing
    assert from_text(reply.reference_secret) == hub.keys.reference_secret(certificate.terminal_id)


def test_the_code_names_the_hub_and_its_secret_is_not_kept(hub: Stand) -> None:
    code = hub.invite()
    written = invitation.read_code(code)
    assert written is not None
    fingerprint = signature.hub_fingerprint(hub.keys.identity_public, hub.keys.root_public)
    assert invitation.fingerprint_matches(written, fingerprint)
    with hub.database.read() as connection:
        row = connection.execute(table_of(Invited).select()).one()
    assert written.secret not in str(tuple(row))
    assert (row.expires_ms - START_MS, row.tries_left) == (HALF_AN_HOUR_MS, 5)


def test_numbers_are_never_given_twice(hub: Stand) -> None:
    first = hub.enrol()
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), str(first.certificate.terminal_no), ADMIN)
    assert [hub.enrol().certificate.terminal_no for _ in range(3)] == [2, 3, 4]


def test_a_code_serves_once(hub: Stand) -> None:
    code = hub.invite()
    hub.enrol(code=code)
    assert refused_code(hub, code) == "invitation_used"
    with hub.database.read() as connection:
        assert len(fleet.list_terminals(connection)) == 1


def test_the_same_terminal_asking_again_gets_the_same_certificate(hub: Stand) -> None:
    request, _, _ = hub.enrol_request(hub.invite())
    first = hub.genuine(hub.exchange.answer(request), EnrolReply)
    again = hub.genuine(hub.exchange.answer(request), EnrolReply)
    assert again.certificate == first.certificate


@pytest.mark.parametrize(("after_ms", "good"), [(HALF_AN_HOUR_MS - 1, True), (HALF_AN_HOUR_MS, False)])
def test_a_code_lives_thirty_minutes(hub: Stand, after_ms: int, good: bool) -> None:
    code = hub.invite()
    hub.clock.ms += after_ms
    if good:
        assert hub.enrol(code=code).certificate.terminal_no == 1
    else:
        assert refused_code(hub, code) == "invitation_late"


def test_five_wrong_tries_end_a_code(hub: Stand) -> None:
    code = hub.invite()
    for _ in range(4):
        assert refused_code(hub, code, secret="00000000") == "invitation_wrong"
    assert hub.enrol(code=code).certificate.terminal_no == 1
    ended = hub.invite()
    for _ in range(5):
        assert refused_code(hub, ended, secret="00000000") == "invitation_wrong"
    assert refused_code(hub, ended) == "invitation_wrong"


def test_the_tries_survive_a_restart(hub: Stand) -> None:
    code = hub.invite()
    for _ in range(5):
        refused_code(hub, code, secret="00000000")
    again = hub.reopened()
    assert refused_code(again, code) == "invitation_wrong"
    again.close()


def test_a_code_nobody_gave_is_wrong(hub: Stand) -> None:
    fingerprint = signature.hub_fingerprint(hub.keys.identity_public, hub.keys.root_public)
    assert refused_code(hub, invitation.write_code(fingerprint, 900, bytes(5))) == "invitation_wrong"


def test_a_proof_is_for_one_key_only(hub: Stand) -> None:
    request, _, _ = hub.enrol_request(hub.invite())
    message = EnrolRequest.from_bytes(request.body)
    thief = to_text(signature.public_bytes(Ed25519PrivateKey.generate()))
    stolen = message.changed(terminal_key=thief).to_bytes()
    answer = hub.exchange.answer(HubRequest("POST", "/v1/enrol", stolen))
    assert hub.refusal(answer).code == "invitation_wrong"


@pytest.mark.parametrize(
    "changed", [{"terminal_key": "short"}, {"terminal_key": "é"}, {"proof": "*"}, {"invitation": 10**30}]
)
def test_a_malformed_enrolment_is_refused(hub: Stand, changed: dict[str, object]) -> None:
    request, _, _ = hub.enrol_request(hub.invite())
    body = EnrolRequest.from_bytes(request.body).changed(**changed).to_bytes()
    answer = hub.exchange.answer(HubRequest("POST", "/v1/enrol", body))
    assert hub.refusal(answer).code in {"malformed", "invitation_wrong"}
    assert hub.refusal(hub.exchange.answer(HubRequest("POST", "/v1/enrol", b"no"))).code == "malformed"


def test_inviting_needs_a_site_a_function_and_the_right_person(hub: Stand) -> None:
    def invite(site_id: str = SITE, functions: tuple[str, ...] = ("borne",), who: str = ADMIN) -> None:
        with hub.database.write() as connection:
            fleet.invite(connection, hub.keys, hub.clock(), site_id, functions, who)

    with pytest.raises(InvalidInput, match="site"):
        invite(site_id="nowhere")
    for functions in ((), ("borne", "cuisine")):
        with pytest.raises(InvalidInput, match="Fonction"):
            invite(functions=functions)
    with hub.database.write() as connection:
        accounts.add_account(connection, hub.clock(), "Sam Petit", ["lecture"], ADMIN)
    for who in ("Sam Petit", "Nobody"):
        with pytest.raises(Refused):
            invite(who=who)


def test_what_happens_to_a_terminal_is_journaled(hub: Stand) -> None:
    terminal = hub.enrol()
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), terminal.terminal_id, ADMIN)
        with pytest.raises(InvalidInput, match="déjà"):
            fleet.revoke(connection, hub.keys, hub.clock(), terminal.terminal_id, ADMIN)
        with pytest.raises(InvalidInput, match="n’existe pas"):
            fleet.revoke(connection, hub.keys, hub.clock(), "17", ADMIN)
    with hub.database.read() as connection:
        actions = [line["action"] for line in accounts.read_audit(connection)]
        [listed] = fleet.list_terminals(connection, SITE)
        assert fleet.list_terminals(connection, "nowhere") == []
    assert {"terminal.invite", "terminal.enrol", "terminal.revoke"} <= set(actions)
    assert (listed.revoked_ms, listed.revoked_by) == (START_MS, ADMIN)


def test_a_revoked_terminal_does_not_get_its_certificate_again(hub: Stand) -> None:
    request, _, _ = hub.enrol_request(hub.invite())
    reply = hub.genuine(hub.exchange.answer(request), EnrolReply)
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), reply.certificate.terminal_id, ADMIN)
    assert hub.refusal(hub.exchange.answer(request)).code == "invitation_used"


def test_old_numbers_of_invitations_serve_again(hub: Stand) -> None:
    table = table_of(Invited)
    row = {"site_id": SITE, "functions": "borne", "verifier": to_text(bytes(32)), "tries_left": 5, "invited_by": ADMIN}
    with hub.database.write() as connection:
        lines = [{**row, "number": number, "expires_ms": START_MS + number} for number in range(1024)]
        connection.execute(table.insert(), lines)
    hub.clock.ms += 3
    written = invitation.read_code(hub.invite())
    assert written is not None
    assert written.number == 0
    hub.clock.ms = START_MS - 1
    with pytest.raises(Refused, match="invitations"):
        hub.invite()
