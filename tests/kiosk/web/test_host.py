"""The walls around the kiosk's web host, tried on a real socket."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from kiosk.hearing import SAID
from kiosk.visit import MENU, Visit
from kiosk.web import assets
from kiosk.web.host import Visits, build
from tests.kiosk.shots import free_port
from tests.kiosk.voices import silence


class Kiosk:
    """The host in a thread, and what it told."""

    def __init__(self, folder: Path, **more: Any) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.visits = Visits()
        self.ended: list[str] = []
        ended = lambda: self.ended.append("end")  # noqa: E731
        app = build(lambda page: None, self.visits, folder / "web", self.port, on_end=ended, **more)
        config = uvicorn.Config(
            app, host="127.0.0.1", port=self.port, log_level="error", ws="websockets-sansio",
            timeout_graceful_shutdown=2,
        )  # fmt: skip
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run)

    def __enter__(self) -> "Kiosk":
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *error: object) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        assert not self.thread.is_alive(), "the host did not end"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    with Kiosk(tmp_path_factory.mktemp("kiosk")) as kiosk:
        yield kiosk


@pytest.fixture
def kiosk(running: Kiosk) -> Kiosk:
    for name in ("one", "two"):
        running.visits.drop(name)
    running.ended.clear()
    return running


@pytest.fixture
def client(kiosk: Kiosk) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=kiosk.url, trust_env=False) as client:
        yield client


def test_the_first_page_is_french_and_is_never_kept(client: httpx.Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert '<html lang="fr"' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "kiosk.js" in page.text
    assert 'src="python.js"' not in page.text


def test_nothing_may_be_asked_of_another_origin(kiosk: Kiosk, client: httpx.Client) -> None:
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert f"ws://127.0.0.1:{kiosk.port}" in policy
    assert "http:" not in policy.replace("http://127.0.0.1", "")
    assert "access-control-allow-origin" not in page.headers


def test_files_are_checked_at_each_use(client: httpx.Client) -> None:
    assert client.get("/main.dart.wasm").headers["cache-control"] == "no-cache"
    assert client.get("/assets/fonts/Phosphor-Bold.ttf").status_code == 200


@pytest.mark.parametrize(
    "path", ["/docs", "/redoc", "/openapi.json", "/oauth_callback", "/accueil", "/affichage", "/unknown", "/python.js"]
)
def test_other_pages_do_not_exist(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_terminal_answers_at_the_pages_of_its_functions_only(tmp_path: Path) -> None:
    with Kiosk(tmp_path, pages=["/affichage"]) as board, httpx.Client(base_url=board.url) as client:
        assert client.get("/affichage").status_code == 200
        assert client.get("/").status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8550", "127.0.0.1:1", ""])
def test_another_host_name_is_refused(client: httpx.Client, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 403


def test_another_origin_is_refused(client: httpx.Client) -> None:
    assert client.post("/kiosk/activity", content="x", headers={"origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_socket_from_another_origin_is_refused(kiosk: Kiosk, origin: Any) -> None:
    with (
        pytest.raises(InvalidStatus, match="403"),
        connect(f"ws://127.0.0.1:{kiosk.port}/ws", origin=origin, proxy=None),
    ):
        pass


def test_a_socket_of_our_own_page_is_taken(kiosk: Kiosk) -> None:
    with connect(f"ws://127.0.0.1:{kiosk.port}/ws", origin=kiosk.url, proxy=None) as socket:  # type: ignore[arg-type]
        assert socket.response is not None


def test_signs_of_life_reach_their_own_visit(kiosk: Kiosk, client: httpx.Client) -> None:
    now = {"s": 0.0}
    first, second = (Visit(now=lambda: now["s"]) for _ in range(2))
    for name, visit in (("one", first), ("two", second)):
        kiosk.visits.add(name, visit)
        visit.go(MENU)
    now["s"] = 50
    assert client.post("/kiosk/activity", content='"one"').status_code == 204
    now["s"] = 70
    assert first.idle.seconds_left() is None
    assert second.idle.seconds_left() == 10
    assert client.post("/kiosk/activity", content="three").status_code == 404
    assert client.post("/kiosk/activity", content="x" * 500).status_code == 413


def test_escape_closes_the_sheet_of_its_own_visit(kiosk: Kiosk, client: httpx.Client) -> None:
    first, second = Visit(), Visit()
    for name, visit in (("one", first), ("two", second)):
        kiosk.visits.add(name, visit)
        visit.open_sheet("text")
    assert client.post("/kiosk/escape", content='"one"').status_code == 204
    assert (first.sheet, second.sheet) == (None, "text")
    assert client.post("/kiosk/escape", content="three").status_code == 404
    assert client.post("/kiosk/escape", content="x", headers={"origin": "https://evil.example"}).status_code == 403


def test_the_end_forgets_the_browser_s_session(kiosk: Kiosk, client: httpx.Client) -> None:
    page = client.get("/fin")
    assert page.headers["clear-site-data"] == '"storage"'
    assert "sessionStorage.clear()" in page.text
    assert "location.replace('/')" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert kiosk.ended == ["end"]


def test_health_says_how_many_visits_and_nothing_of_them(kiosk: Kiosk, client: httpx.Client) -> None:
    kiosk.visits.add("one", Visit())
    assert client.get("/healthz").json() == {"ok": True, "visits": 1}


def test_a_session_that_is_gone_wipes_its_visit() -> None:
    visits, visit = Visits(), Visit()
    visits.add("one", visit)
    visits.drop("one")
    visits.drop("one")
    assert visit.over
    assert len(visits) == 0


def test_only_our_fonts_are_loaded_before_the_first_frame(tmp_path: Path) -> None:
    folder = assets.build(tmp_path / "web")
    families: list[Any] = [entry["family"] for entry in assets.font_manifest()]
    assert families == ["Atkinson", "NotoArabic", "NotoCyrillic", "Phosphor", "PhosphorFill"]
    for faces in assets.FACES.values():
        for file, _ in faces:
            assert (folder / "assets" / "fonts" / file).stat().st_size < 60_000
    assert (folder / "pictograms" / "inscription@2x.png").is_file()


def test_an_index_of_another_shape_is_not_taken_for_ours() -> None:
    with pytest.raises((RuntimeError, ValueError)):
        assets.index_page("<html></html>")


async def made(sound: bytes) -> bytes:
    return sound


def test_a_sound_is_given_to_who_knows_its_name_and_kept_by_nobody(kiosk: Kiosk, client: httpx.Client) -> None:
    visit, sound = Visit(), silence(1.0)
    visit.go(MENU)
    kiosk.visits.add("one", visit)
    visit.hearing.begin("screen")
    name = visit.hearing.offer(made(sound))
    assert client.get(f"{SAID}1-{'0' * 32}.wav").status_code == 404
    answer = client.get(f"{SAID}{name}.wav")
    assert (answer.status_code, answer.content) == (200, sound)
    assert answer.headers["cache-control"] == "no-store"
    assert client.get(f"{SAID}{name}.wav", headers={"Origin": "https://evil.example"}).status_code == 403
    visit.wipe()
    assert client.get(f"{SAID}{name}.wav").status_code == 404


def test_a_touch_that_silenced_the_page_reaches_its_own_visit_only(kiosk: Kiosk, client: httpx.Client) -> None:
    class Hushed:
        times = 0

        def hush(self) -> None:
            self.times += 1

        def stop(self) -> None:
            """Nothing plays here."""

    visits = {name: Visit() for name in ("one", "two")}
    for name, visit in visits.items():
        kiosk.visits.add(name, visit)
        visit.hearing.player = Hushed()
        visit.hearing.begin("screen")
    soon = round(time.time() * 1000) + 50
    assert client.post("/kiosk/hush", content=f"one {soon}").status_code == 204
    assert [visit.hearing.player.times for visit in visits.values()] == [1, 0]  # type: ignore[union-attr]
    for wrong in ("one", "one soon", f"one -{soon}"):
        client.post("/kiosk/hush", content=wrong)
    assert visits["one"].hearing.player.times == 1  # type: ignore[union-attr]
    assert client.post("/kiosk/hush", content=f"nobody {soon}").status_code == 404
    assert client.post("/kiosk/hush", content="one " + "9" * 300).status_code == 413
