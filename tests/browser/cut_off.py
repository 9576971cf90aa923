"""A whole visit where there is no other machine: ``python -m tests.browser.cut_off FOLDER HUB_PORT KIOSK_PORT FAULT``.

Started in a network namespace of its own (``unshare -n``), it raises the loopback, runs hub, terminal and Chromium
inside, makes the visit (every screen, each saved under ``pictures``), and prints one JSON line: what pages asked for,
and what Chromium asked for itself (net log).
``FAULT`` is "none", or a fault of ``planted_terminal``.
"""

from __future__ import annotations

import fcntl
import json
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Request, sync_playwright

from kiosk.browser import FLAGS
from tests.browser.chromium import COARSE, arguments, executable, screen
from tests.browser.person import Person
from tests.browser.screens import take_visit
from tests.stage import LOOPBACK, Stage

PICTURES = "pictures"
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
INSIDE = ("http://127.0.0.1", "ws://127.0.0.1", "http://localhost", "data:", "blob:", "about:", "chrome:", "devtools:")


def raise_loopback() -> None:
    """Brings ``lo`` up through ioctl: the machine may have no iproute2."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        asked = struct.pack("16sH14s", b"lo", 0, bytes(14))
        flags = struct.unpack("16sH14s", fcntl.ioctl(link, SIOCGIFFLAGS, asked))[1]
        fcntl.ioctl(link, SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", flags | IFF_UP, bytes(14)))


def interfaces() -> list[str]:
    """The network interfaces of this namespace."""
    return [name for _, name in socket.if_nameindex()]


def look(person: Person, url: str) -> None:
    """Only as far as the menu."""
    person.opens(url)
    person.begins()


def visit(person: Person, url: str, pictures: Path) -> None:
    """Every screen, each drawn and saved, and the end."""
    take_visit(person, url, pictures, "portrait")
    person.touch("Oui, terminer et effacer")
    person.sees_one_of("Comment s’est passée", "Touchez l’écran")


def watched(stage: Stage, net_log: Path, made: Callable[[Person, str], None]) -> dict[str, list[str]]:
    """Makes a visit and returns what pages attempted elsewhere, and what the policy stopped before the network."""
    seen: dict[str, list[str]] = {"inside": [], "elsewhere": [], "stopped_by_policy": []}
    with sync_playwright() as tools:
        flags = [flag for flag in FLAGS if flag != "--kiosk"]
        logging = [f"--log-net-log={net_log}", "--net-log-capture-mode=Everything"]
        browser = tools.chromium.launch(executable_path=executable(), args=[*arguments(), *flags, *logging])
        page = browser.new_context(**screen("portrait", COARSE)).new_page()

        def ended(request: Request) -> None:
            if request.url.startswith(INSIDE):
                seen["inside"].append(request.url)
            elif request.failure == "csp":
                seen["stopped_by_policy"].append(request.url)
            else:
                seen["elsewhere"].append(request.url)

        page.context.on("requestfinished", ended)
        page.context.on("requestfailed", ended)
        made(Person(page), stage.kiosk_url)
        browser.close()
    return seen


def requests_of(net_log: Path) -> Iterator[dict[str, Any]]:
    """Every request of the net log to another machine: its address, who began it, why (annotation)."""
    log = json.loads(net_log.read_text(encoding="utf-8"))
    kinds = {number: name for name, number in log["constants"]["logEventTypes"].items()}
    told: dict[int, dict[str, Any]] = {}
    for event in log["events"]:
        kind, said = kinds.get(event["type"], ""), event.get("params", {})
        one = told.setdefault(event["source"]["id"], {"initiator": "", "annotation": 0})
        if kind in ("REQUEST_ALIVE", "CORS_REQUEST") and "traffic_annotation" in said:
            one["annotation"] = said["traffic_annotation"]
        if kind in ("URL_REQUEST_START_JOB", "CORS_REQUEST", "REQUEST_ALIVE") and "url" in said:
            one["url"] = said["url"]
            one["initiator"] = said.get("initiator", one["initiator"])
    for one in told.values():
        if "url" in one and not one["url"].startswith(INSIDE):
            yield {"host": urlsplit(one["url"]).hostname, **one}


def main() -> None:
    """One visit; see the module."""
    folder, hub_port, kiosk_port, fault = sys.argv[1:]
    raise_loopback()
    stage = Stage(Path(folder), hub_port=int(hub_port), kiosk_port=int(kiosk_port))
    net_log = stage.folder / "net-log.json"
    visit_all = partial(visit, pictures=stage.folder / PICTURES)
    try:
        stage.hub_up()
        if fault == "none":
            stage.terminal_up("--quiet-s", "900")
        else:
            planted = (sys.executable, "-m", "tests.browser.planted_terminal", fault, "serve", "--quiet-s", "900")
            words = ("--home", str(stage.terminal_home), "--port", str(stage.kiosk_port))
            started = stage.launch("planted", *planted, *words, environment={"PYTHONPATH": str(Path.cwd())})
            started.wait_for(f"http://{LOOPBACK}:{stage.kiosk_port}/healthz")
        seen = watched(stage, net_log, visit_all if fault == "none" else look)
    finally:
        stage.close()
    print(json.dumps({"interfaces": interfaces(), **seen, "net_log": list(requests_of(net_log))}))


if __name__ == "__main__":
    main()
