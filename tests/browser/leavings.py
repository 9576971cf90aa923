"""Searches for words in what a visit may leave: the memory of processes, folders, and the Chromiums of a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

PIECE_BYTES = 1 << 24
MAP = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r\S* \S+ \S+ \S+\s*(.*)")


def forms(word: str) -> set[bytes]:
    """Every way in which Python, a database, JSON or a browser writes a word."""
    escaped = word.encode("ascii", "backslashreplace").replace(b"\\x", b"\\u00")
    narrow = {word.encode("latin-1")} if all(ord(letter) < 256 for letter in word) else set()
    return {word.encode(), word.encode("utf-16-le"), word.encode("utf-32-le"), escaped} | narrow


def in_memory(pid: int, words: Iterable[str]) -> dict[str, int]:
    """How often each word is in the memory of a process, words that are not there left out. As its user, or root."""
    wanted = {word: forms(word) for word in words}
    found: dict[str, int] = {}
    with Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for begin, end in _maps(pid):
            for piece in _pieces(memory, begin, end):
                for word, ways in wanted.items():
                    count = sum(piece.count(way) for way in ways)
                    if count:
                        found[word] = found.get(word, 0) + count
    return found


def _maps(pid: int) -> Iterator[tuple[int, int]]:
    for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
        told = MAP.match(line)
        if told and told[3] not in ("[vvar]", "[vsyscall]"):
            yield int(told[1], 16), int(told[2], 16)


def _pieces(memory: object, begin: int, end: int) -> Iterator[bytes]:
    overlap = 256  # longer than any word, so that none is cut in two; one there may be counted twice
    at = begin
    while at < end:
        try:
            memory.seek(at)  # type: ignore[attr-defined]
            yield memory.read(min(PIECE_BYTES + overlap, end - at))  # type: ignore[attr-defined]
        except OSError:  # it is not there any more, or nobody may read it (guard pages)
            return
        at += PIECE_BYTES


def in_folders(folders: Iterable[Path], words: Iterable[str]) -> dict[str, int]:
    """In how many files each word is, in content or name."""
    wanted = {word: forms(word) for word in words}
    found: dict[str, int] = {}
    for file in (file for folder in folders for file in folder.rglob("*")):
        try:
            told = file.read_bytes() if file.is_file() and not file.is_symlink() else b""
        except FileNotFoundError:  # removed meanwhile
            continue
        for word, ways in wanted.items():
            if any(way in told for way in ways) or word in file.name:
                found[word] = found.get(word, 0) + 1
    return found


def processes_of(mark: str) -> dict[int, str]:
    """The processes whose command line says `mark` (a profile), by number: renderer, gpu-process, … or browser."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                told = (folder / "cmdline").read_bytes().decode("utf-8", "replace")
            except OSError:
                continue
            if mark in told:
                kind = re.search(r"--type=([\w-]+)", told)
                found[int(folder.name)] = kind[1] if kind else "browser"
    return found


def descendants(pid: int) -> dict[int, str]:
    """What a process has started and what those have, by number, with their names."""
    found: dict[int, str] = {}
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in map(int, task.read_text(encoding="ascii").split()):
                found[child] = Path(f"/proc/{child}/comm").read_text(encoding="utf-8").strip()
                found |= descendants(child)
        except OSError:  # it has ended since
            continue
    return found
