"""Other synchronisers on the same work, where they are installed: PouchDB with pouchdb-server, Morango under waitress.

They are nobody's dependency: whoever wants the comparison installs them in a folder (docs/benchmarks.md) and names it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sync.bench.sides import ROOT, Answering, Ground, Side

PROGRAMS = ROOT / "tests" / "bench" / "peers"
NOT_INSTALLED = (
    "{name} n’est pas installé, cette comparaison est laissée de côté : voyez docs/benchmarks.md, "
    "puis donnez son dossier avec « --peers-from »."
)


@dataclass
class Peer(Side):
    """A synchroniser of others, installed in a folder."""

    home: Path

    @classmethod
    def needs(cls, home: Path) -> tuple[Path, ...]:
        """The files without which it is not installed."""
        raise NotImplementedError


@dataclass
class Pouch(Peer):
    """PouchDB as it comes: batches of 100, LevelDB, and pouchdb-server as its hub."""

    name: ClassVar[str] = "pouchdb"

    @classmethod
    def needs(cls, home: Path) -> tuple[Path, ...]:
        """Both ends, from npm."""
        return (cls._server(home), home / "node_modules" / "pouchdb-node")

    @staticmethod
    def _server(home: Path) -> Path:
        return home / "node_modules" / "pouchdb-server" / "bin" / "pouchdb-server"

    def hub_command(self, folder: Path) -> tuple[str, ...]:
        """pouchdb-server on its own folder."""
        hub = folder / "hub"
        settings = {"log": {"level": "error", "file": str(hub / "pouch.log")}}
        (hub / "config.json").write_text(json.dumps(settings), encoding="utf-8")
        return (
            "node", str(self._server(self.home)), "--port", str(self.ground.hub_port), "--host", "127.0.0.1",
            "--dir", str(hub), "--config", str(hub / "config.json"), "--no-stdout-logs", "--no-color",
        )  # fmt: skip

    def replica(self, folder: Path, name: str) -> Answering:
        """One LevelDB folder."""
        told = {"NODE_PATH": str(self.home / "node_modules"), "BENCH_PYTHON": sys.executable}
        command = ("node", str(PROGRAMS / "pouch_terminal.js"), str(folder / name), self.ground.url)
        started = Answering(command, folder / f"{name}.log", told)
        if name == "a":
            started.do("seed", count=self.ground.records)
        return started


@dataclass
class Morango(Peer):
    """Morango as it comes: chunks of 500, its polling; Django under waitress as its hub."""

    name: ClassVar[str] = "morango"
    health: ClassVar[str] = "/api/morango/v1/morangoinfo/1/"

    @classmethod
    def needs(cls, home: Path) -> tuple[Path, ...]:
        """An environment of its own: it asks for an old Django."""
        python = cls._python(home)
        return (python, *([] if any(home.glob("venv/lib/python3*/site-packages/morango")) else [home / "morango"]))

    @staticmethod
    def _python(home: Path) -> Path:
        return home / "venv" / "bin" / "python"

    def hub_command(self, folder: Path) -> tuple[str, ...]:
        """Four threads of waitress."""
        return (str(self._python(self.home)), "-m", "tests.bench.peers.morango_hub", str(self.ground.hub_port))

    def hub_environment(self, folder: Path) -> Mapping[str, str]:
        """Its folder."""
        return {"SITE_DIR": str(folder / "hub")}

    def replica(self, folder: Path, name: str) -> Answering:
        """One SQLite file."""
        dataset = (folder / "hub" / "dataset").read_text(encoding="ascii")
        told = {"SITE_DIR": str(folder / name), "HUB_URL": self.ground.url, "REPLICA": name, "DATASET": dataset}
        command = (str(self._python(self.home)), "-m", "tests.bench.peers.morango_terminal")
        started = Answering(command, folder / f"{name}.log", told)
        started.do("enrol")
        if name == "a":
            started.do("seed", count=self.ground.records)
        return started


PEERS: dict[str, type[Peer]] = {peer.name: peer for peer in (Pouch, Morango)}


def installed(ground: Ground, names: Sequence[str], home: Path | None) -> tuple[list[Peer], dict[str, str]]:
    """The peers that were asked for and are there; for each of the others, the sentence that says so."""
    found: list[Peer] = []
    skipped: dict[str, str] = {}
    for name in names:
        if home is not None and all(path.exists() for path in PEERS[name].needs(home)) and os.access(home, os.R_OK):
            found.append(PEERS[name](ground, home.resolve()))
        else:
            skipped[name] = NOT_INSTALLED.format(name=name)
    return found, skipped
