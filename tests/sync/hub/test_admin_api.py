"""The administrators' API, through the real application: who passes, what they may do, what is refused and how."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync.hub import accounts, tokens
from sync.hub import app as hub_app
from sync.hub.admin_desk import AdminDesk
from sync.hub.admin_gate import ADDRESSES_MAX, BODY_BYTES_MAX, WRONG_MAX, WRONG_WINDOW_MS, WrongTokens
from sync.hub.api import build_api
from sync.hub.claims import ClaimDesk
from sync.seal import seal
from tests.sync.hub.granted import granted
from tests.sync.hub.stand import ADMIN, SITE, Clock, Stand, hub_in
from tests.sync.hub.test_todo import a_booking

READER, CLERK = "Zoé", "Inès"
CALLS = [
    ("GET", "/me"), ("GET", "/todo"), ("POST", "/todo/settle"), ("POST", "/duplicates/look"), ("GET", "/terminals"),
    ("POST", "/terminals/revoke"), ("GET", "/grants"), ("GET", "/grants/write-off"), ("POST", "/grants/write-off"),
    ("GET", "/bookings/to-tell"), ("POST", "/bookings/told"), ("GET", "/quarantine"), ("POST", "/quarantine/settle"),
    ("GET", "/bookings/override"), ("POST", "/bookings/override"), ("GET", "/slots/withdraw"),
    ("POST", "/slots/withdraw"),
]  # fmt: skip


class Office:
    """People with tokens before the real application, which runs until it is closed."""

    def __init__(self, hub: Stand, desk: AdminDesk | None = None) -> None:
        self.hub = hub
        self.tokens: dict[str, str] = {}
        desk = desk or AdminDesk(hub.database, hub.keys, now_ms=hub.clock)
        self.app = build_api(hub.exchange, ClaimDesk(hub.database, hub.keys, now_ms=hub.clock), desk)
        self.loop = asyncio.Runner()
        self.running = self.app.router.lifespan_context(self.app)
        self.loop.run(self.running.__aenter__())

    def close(self) -> None:
        self.loop.run(self.running.__aexit__(None, None, None))
        self.loop.close()

    def token(self, who: str) -> str:
        if who not in self.tokens:
            with self.hub.database.write() as connection:
                self.tokens[who] = tokens.issue(connection, self.hub.clock(), who, ADMIN)
        return self.tokens[who]

    def calls(self, *calls: tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
        """Several calls; each one is a method, a path, and what httpx takes."""

        async def run() -> list[httpx.Response]:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
                return [await client.request(method, f"/v1/admin{path}", **more) for method, path, more in calls]

        return self.loop.run(run())

    def call(self, method: str, path: str, who: str | None = ADMIN, **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token(who)}"} if who else {}
        [response] = self.calls((method, path, {"headers": headers, **more}))
        return response

    def get(self, path: str, who: str = ADMIN, **params: str) -> Any:
        response = self.call("GET", path, who, params=params)
        assert response.status_code == 200, response.text
        return response.json()

    def post(self, path: str, body: object, who: str = ADMIN) -> Any:
        response = self.call("POST", path, who, json=body)
        assert response.status_code == 200, response.text
        return response.json()

    def refused(self, path: str, body: object, who: str = ADMIN, method: str = "POST") -> tuple[int, str]:
        response = self.call(method, path, who, json=body)
        return response.status_code, refusal_of(response)

    def journal(self, action: str) -> list[tuple[str, str]]:
        with self.hub.database.read() as connection:
            return [(line["who"], line["detail"]) for line in accounts.find_audit(connection, action)]


def refusal_of(response: httpx.Response) -> str:
    """The code of a refusal, which is one sentence of French and nothing else."""
    body = response.json()
    assert set(body) == {"code", "message"}
    assert body["message"].endswith(".")
    assert response.headers["cache-control"] == "no-store"
    return str(body["code"])


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with hub_in(tmp_path / "hub") as stand:
        with stand.database.write() as connection:
            accounts.add_account(connection, stand.clock(), READER, ["lecture"], ADMIN)
            accounts.add_account(connection, stand.clock(), CLERK, ["instruction"], ADMIN)
        office = Office(stand)
        yield office
        office.close()


def test_nobody_passes_without_a_token(office: Office) -> None:
    for response in office.calls(*((method, path, {"json": {}}) for method, path in CALLS)):
        assert (response.status_code, refusal_of(response)) == (401, "token")
        assert response.headers["www-authenticate"] == "Bearer"
        assert "set-cookie" not in response.headers


def test_a_wrong_token_opens_nothing(office: Office) -> None:
    wrong = (
        {"authorization": "Bearer pch_wrong"}, {"authorization": "Basic Q2FtaWxsZQ=="}, {"authorization": "Bearer "},
        {"authorization": "Bearer"}, {"cookie": "token=pch_wrong"}, {"authorization": "Bearer " + "x" * 5000},
    )  # fmt: skip
    for response in office.calls(*(("GET", "/todo", {"headers": headers}) for headers in wrong)):
        assert (response.status_code, refusal_of(response)) == (401, "token")


def test_a_right_token_in_a_cookie_or_in_the_address_opens_nothing(office: Office) -> None:
    token = office.token(ADMIN)
    for more in ({"headers": {"cookie": f"authorization=Bearer {token}"}}, {"params": {"authorization": token}}):
        [response] = office.calls(("GET", "/todo", more))
        assert response.status_code == 401


def test_the_token_of_a_closed_account_opens_nothing(office: Office) -> None:
    assert office.get("/me", READER) == {"name": READER, "roles": ["lecture"]}
    with office.hub.database.write() as connection:
        accounts.disable_account(connection, office.hub.clock(), READER, ADMIN)
    response = office.call("GET", "/me", READER)
    assert (response.status_code, refusal_of(response)) == (401, "token")


def test_wrong_tokens_are_counted_and_then_not_even_looked_at(office: Office) -> None:
    wrong = ("GET", "/me", {"headers": {"authorization": "Bearer pch_wrong"}})
    right = ("GET", "/me", {"headers": {"authorization": f"Bearer {office.token(ADMIN)}"}})
    codes = [one.status_code for one in office.calls(*[wrong] * (WRONG_MAX - 1), right, wrong, wrong, right)]
    assert codes == [401] * (WRONG_MAX - 1) + [200, 401, 429, 429]
    office.hub.clock.ms += WRONG_WINDOW_MS
    assert [one.status_code for one in office.calls(right, wrong)] == [200, 401]


def test_an_address_is_heard_again_after_a_while_and_others_all_the_time() -> None:
    clock = Clock()
    wrong = WrongTokens(clock)
    for number in range(WRONG_MAX):
        wrong.check("192.0.2.1")
        wrong.note("192.0.2.1")
        wrong.note(f"2001:db8::{number}")
    for address in ("192.0.2.1", "2001:db8::ffff"):
        with pytest.raises(Exception, match="cinq minutes"):
            wrong.check(address)
    wrong.check("192.0.2.2")
    wrong.check("2001:db8:1::1")
    clock.ms += WRONG_WINDOW_MS
    wrong.check("192.0.2.1")
    for number in range(2 * ADDRESSES_MAX):
        wrong.note(f"host-{number}")
    assert len(wrong._seen) == ADDRESSES_MAX


def test_the_list_is_read_and_a_line_settled_once_and_again(office: Office) -> None:
    hub = office.hub
    booking_id = a_booking(hub, hub.enrol(), hub.add_slot(), "withdrawn")
    [item] = office.get("/todo", READER)["todo"]
    assert (item["kind"], item["records"], item["place"]) == ("tell", [booking_id], "Mairie")
    body = {"item": item["id"], "seen": item["code"], "choice": "told"}
    first = office.post("/todo/settle", body)
    before = hub.read("booking", booking_id)
    hub.clock.ms += 60_000
    again = office.post("/todo/settle", body)
    assert (first["again"], again) == (False, {**first, "again": True})
    assert hub.read("booking", booking_id) == before
    assert before["told_at"] is not None
    assert office.journal("todo.settle") == [(ADMIN, "told")]
    assert office.get("/todo", site=SITE) == {"todo": []}


def test_a_line_that_changed_since_it_was_read_is_refused_and_nothing_is_done(office: Office) -> None:
    hub = office.hub
    terminal, slot_id = hub.enrol(), hub.add_slot()
    bookings = [a_booking(hub, terminal, slot_id, "confirmed") for _ in range(2)]
    [item] = office.get("/todo")["todo"]
    bookings.append(a_booking(hub, terminal, slot_id, "confirmed"))
    body = {"item": item["id"], "seen": item["code"], "choice": item["choices"][0]["code"]}
    assert office.refused("/todo/settle", body) == (409, "changed")
    assert {hub.read("booking", one)["state"] for one in bookings} == {"confirmed"}
    assert office.journal("todo.settle") == []


def test_who_lacks_the_role_settles_nothing(office: Office) -> None:
    hub = office.hub
    booking_id = a_booking(hub, hub.enrol(), hub.add_slot(), "withdrawn")
    [item] = office.get("/todo")["todo"]
    body = {"item": item["id"], "seen": item["code"], "choice": "told"}
    for who in (READER, CLERK):
        assert office.refused("/todo/settle", body, who) == (403, "role")
    assert hub.read("booking", booking_id)["told_at"] is None
    assert office.refused("/duplicates/look", {}, READER) == (403, "role")
    terminal_id = hub.enrol().terminal_id
    assert office.refused("/terminals/revoke", {"terminal_id": terminal_id}, READER) == (403, "role")
    assert {line["revoked_ms"] for line in office.get("/terminals", READER)["terminals"]} == {None}


def test_a_demand_of_another_shape_is_one_sentence_that_says_nothing_back(office: Office) -> None:
    sound = {"item": "tell.a.b", "seen": "0123456789", "choice": "told"}
    for body in (
        {}, [], "x", None, {**sound, "seen": "0"}, {**sound, "item": 1}, {**sound, "Nadège Roux": True},
        {**sound, "item": "x" * 301}, {**sound, "item": "tell a"},
    ):  # fmt: skip
        response = office.call("POST", "/todo/settle", json=body)
        assert (response.status_code, refusal_of(response)) == (422, "invalid")
        for back in ("Nadège", "xxxx", "tell"):
            assert back not in response.text


def test_what_is_no_json_and_what_is_too_large_is_refused(office: Office) -> None:
    headers = {"authorization": f"Bearer {office.token(ADMIN)}", "content-type": "application/json"}
    [broken, large, unknown, method] = office.calls(
        ("POST", "/todo/settle", {"headers": headers, "content": b"{"}),
        ("POST", "/todo/settle", {"headers": headers, "content": bytes(BODY_BYTES_MAX + 1)}),
        ("GET", "/nowhere", {"headers": headers}),
        ("DELETE", "/todo", {"headers": headers}),
    )
    assert (broken.status_code, refusal_of(broken)) == (422, "invalid")
    assert (large.status_code, refusal_of(large)) == (413, "too_large")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown")
    assert (method.status_code, method.json()["code"]) == (405, "unknown")


def test_a_line_that_is_not_there_is_refused(office: Office) -> None:
    body = {"item": f"tell.{SITE}.x", "seen": "0123456789", "choice": "told"}
    assert office.refused("/todo/settle", body) == (422, "invalid")


def test_duplicates_are_looked_for_and_settled(office: Office) -> None:
    hub = office.hub
    terminal = hub.enrol()
    answers = {"nom_naissance": "Durand", "prenoms": "Anaïs", "date_naissance": "1990-02-28"}
    for number in range(2):
        prepared = terminal.registration()
        sealed = seal(hub.keys.sealing, "registration", SITE, prepared.id, {**answers, "ville": str(number)}).to_text()
        terminal.round([prepared.changed(sealed=sealed)])
    assert office.post("/duplicates/look", {}, CLERK) == {"compared": 2, "unreadable": 0, "pairs": 1}
    [item] = office.get("/todo", CLERK)["todo"]
    assert "Durand" not in json.dumps(item, ensure_ascii=False)
    office.post("/todo/settle", {"item": item["id"], "seen": item["code"], "choice": "different"}, CLERK)
    assert office.get("/todo") == {"todo": []}
    assert office.journal("vault.look") == [(CLERK, "doublon 2 0 1")]


def test_a_place_is_written_off_only_as_it_was_read(office: Office) -> None:
    hub = office.hub
    terminal = hub.enrol()
    hub.add_slot(capacity=4)
    grant_id, slot_id = granted(hub, terminal)
    assert grant_id in [line["id"] for line in office.get("/grants", READER)["grants"]]
    risk = office.get("/grants/write-off", site_id=SITE, grant_id=grant_id)
    assert (risk["bookings"], risk["grants"]) == ([], [grant_id])
    terminal.round([terminal.booking(slot_id, state="guaranteed", grant_id=grant_id, spend_no=1)])
    body = {"site_id": SITE, "grant_id": grant_id, "seen": risk["seen"]}
    assert office.refused("/grants/write-off", body) == (409, "changed")
    assert hub.read("grant", grant_id)["state"] == "active"
    risk = office.get("/grants/write-off", site_id=SITE, grant_id=grant_id)
    assert len(risk["bookings"]) == 1
    assert office.refused("/grants/write-off", {**body, "seen": risk["seen"]}, READER) == (403, "role")
    assert office.post("/grants/write-off", {**body, "seen": risk["seen"]}) == {"bookings": risk["bookings"]}
    assert hub.read("grant", grant_id)["state"] == "written_off"
    assert [who for who, _ in office.journal("grant.write_off")] == [ADMIN]


def test_the_people_to_tell_are_read_and_struck_off(office: Office) -> None:
    hub = office.hub
    booking_id = a_booking(hub, hub.enrol(), hub.add_slot(), "withdrawn")
    [line] = office.get("/bookings/to-tell", READER, site=SITE)["to_tell"]
    assert (line["id"], line["state"], line["reason"]) == (booking_id, "withdrawn", "edo")
    body = {"site_id": SITE, "booking_id": booking_id}
    assert office.refused("/bookings/told", body, READER) == (403, "role")
    assert office.post("/bookings/told", body) == {"bookings": [booking_id]}
    assert office.refused("/bookings/told", body) == (422, "invalid")
    assert office.get("/bookings/to-tell") == {"to_tell": []}
    assert [who for who, _ in office.journal("booking.told")] == [ADMIN]


def test_what_a_revoked_terminal_sends_is_judged_only_as_it_was_read(office: Office) -> None:
    hub = office.hub
    terminal = hub.enrol()
    office.post("/terminals/revoke", {"terminal_id": terminal.terminal_id})
    one, two, three = (terminal.registration() for _ in range(3))
    terminal.refused([one, two])
    held = office.get("/quarantine", READER)
    assert [line["record_id"] for line in held["held"]] == [one.id, two.id]
    seen = held["seen"][terminal.terminal_id]
    body = {"terminal_id": terminal.terminal_id, "take": True, "seen": seen}
    terminal.refused([one, two, three])
    assert office.refused("/quarantine/settle", body) == (409, "changed")
    seen = office.get("/quarantine")["seen"][terminal.terminal_id]
    assert office.refused("/quarantine/settle", {**body, "seen": seen}, READER) == (403, "role")
    settled = office.post("/quarantine/settle", {**body, "seen": seen, "records": [one.id]})
    assert settled == {"taken": 1, "rejected": 0, "dropped": 0, "left": 0}
    assert hub.read("registration", one.id)["state"] == "recue"
    seen = office.get("/quarantine")["seen"][terminal.terminal_id]
    settled = office.post("/quarantine/settle", {**body, "seen": seen, "take": False})
    assert settled == {"taken": 0, "rejected": 0, "dropped": 2, "left": 0}
    assert office.get("/quarantine") == {"held": [], "seen": {}}


def test_a_terminal_is_revoked_once(office: Office) -> None:
    terminal_id = office.hub.enrol().terminal_id
    assert office.post("/terminals/revoke", {"terminal_id": terminal_id}) == {"bookings": []}
    [line] = office.get("/terminals")["terminals"]
    assert line["revoked_ms"] == office.hub.clock()
    assert office.refused("/terminals/revoke", {"terminal_id": terminal_id}) == (422, "invalid")
    assert [who for who, _ in office.journal("terminal.revoke")] == [ADMIN]


def test_the_description_lists_every_call_its_token_and_its_refusal(office: Office) -> None:
    described = office.app.openapi()
    found = {
        (method.upper(), path.removeprefix("/v1/admin"))
        for path, calls in described["paths"].items()
        for method in calls
        if path.startswith("/v1/admin")
    }
    assert found == set(CALLS)
    for path, calls in described["paths"].items():
        for call in calls.values():
            if path.startswith("/v1/admin"):
                assert call["security"], path
                refused = call["responses"]["default"]["content"]["application/json"]["schema"]
                assert refused == {"$ref": "#/components/schemas/Refusal"}


class Broken(AdminDesk):
    """A desk with a fault of ours in it."""

    def read(self, act: Any) -> Any:
        raise RuntimeError("Nadège Roux")


def test_a_fault_of_ours_is_a_sentence_and_neither_it_nor_a_token_is_logged(office: Office) -> None:
    broken = Office(office.hub, Broken(office.hub.database, office.hub.keys, now_ms=office.hub.clock))
    log = io.StringIO()
    hub_app.log_to(log)
    response = broken.call("GET", "/todo")
    assert (response.status_code, refusal_of(response)) == (503, "busy")
    broken.calls(("GET", "/me", {"headers": {"authorization": "Bearer pch_wrong"}}))
    broken.close()
    assert "RuntimeError" in log.getvalue()
    assert '"route": "/v1/admin/todo"' in log.getvalue()
    for secret in ("Nadège", broken.token(ADMIN), "pch_wrong", "127.0.0.1", ADMIN):
        assert secret not in log.getvalue()
