"""The repository itself: names, sizes, docstrings, typography, and what must never be committed.

Each rule is a function that returns what offends it, so that every rule is also seen to find a planted offence.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("kiosk", "sync", "content")
BANNED_NAMES = {
    "utils", "helpers", "common", "manager", "service", "services", "misc", "core", "handlers", "data",
}  # fmt: skip
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 50
FILE_BYTES_MAX = 1_000_000
# One letter of each is in brackets, so that this file does not offend its own rule.
FORBIDDEN_TEXT = {
    "a path of one machine": re.compile(r"/(?:w[o]rk|r[o]ot|opt/p[y]pi)/(?!\*)|/tmp/(?:b[a]sh_jobs|h[o]use)"),
    "the address of a package registry": re.compile(r"p[y]pi\.org|python[h]osted|npm[j]s\.org|(?<!emit-)index-[u]rl"),
    "a tool of one workshop": re.compile(r"\.l[i]brary/|farm-(?:st[u]dio|b[e]nch)|\bissues sh[o]w\b"),
}
PLAIN_SPACE = re.compile(r"[\w»)’] [:;?!»](?:\s|$)|« ")
FRENCH = re.compile(r"[éèêàùçîôœÉÀ«»’]")
# These hold the rules of typography themselves.
TYPOGRAPHY_FILES = {"content/typography.py", "content/lint.py"}
# The last one holds a terminal's own key, for what comes back to it on a stick.
SEALING_KEY_FILES = {
    "sync/hub/vault.py", "sync/hub/keys.py", "sync/hub/key_backup.py", "sync/replica/stick_key.py",
}  # fmt: skip


def committed() -> list[Path]:
    """Every file that git holds or would take, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return sorted(Path(name) for name in set(listed.stdout.splitlines()) if (ROOT / name).is_file())


FILES = committed()
PYTHON = [path for path in FILES if path.suffix == ".py"]
ROOM_FILES = [path for path in PYTHON if path.parts[0] in ROOMS]


def read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def banned_names(paths: list[Path]) -> list[str]:
    return [str(path) for path in paths if BANNED_NAMES & {path.stem, *path.parts[:-1]}]


def long_functions(source: str) -> list[str]:
    return [
        f"{node.name} ({(node.end_lineno or 0) - node.lineno + 1} lines)"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES_MAX
    ]


def sentences(source: str) -> Iterator[str]:
    """Every string of a module that is not a docstring."""
    tree = ast.parse(source)
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def plain_spaces(source: str) -> list[str]:
    """French sentences with a plain space where U+00A0 belongs."""
    return [text for text in sentences(source) if FRENCH.search(text) and PLAIN_SPACE.search(text)]


def forbidden_text(text: str) -> list[str]:
    return [what for what, pattern in FORBIDDEN_TEXT.items() if pattern.search(text)]


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert banned_names(FILES) == []
    assert banned_names([Path("kiosk/utils.py"), Path("sync/common/x.py")]) == ["kiosk/utils.py", "sync/common/x.py"]


@pytest.mark.parametrize("path", PYTHON, ids=str)
def test_a_file_and_its_functions_stay_short(path: Path) -> None:
    source = read(path)
    assert len(source.splitlines()) < FILE_LINES_MAX
    # A migration tells a whole schema in one go, as it was that day.
    assert "migrations" in path.parts or long_functions(source) == []


def test_a_long_function_is_seen() -> None:
    assert long_functions("def f():\n" + "    x = 1\n" * 60) == ["f (61 lines)"]


@pytest.mark.parametrize("path", [path for path in PYTHON if path.name != "__init__.py"], ids=str)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(read(path)))


@pytest.mark.parametrize("path", ROOM_FILES, ids=str)
def test_french_sentences_have_no_break_spaces(path: Path) -> None:
    assert str(path) in TYPOGRAPHY_FILES or plain_spaces(read(path)) == []


def test_a_plain_space_before_a_colon_is_seen() -> None:
    assert plain_spaces('x = "Il est arrêté : relancez-le."') != []
    assert plain_spaces('x = "Il est arrêté\u00a0: relancez-le."') == []


def test_every_folder_of_tests_is_a_package_and_packaging_is_none() -> None:
    """Without the first, ``import sync`` finds the tests; with the second, the real ``packaging`` is hidden."""
    folders = {path.parent for path in PYTHON if path.parts[0] == "tests"}
    assert [str(folder) for folder in sorted(folders) if not (ROOT / folder / "__init__.py").is_file()] == []
    assert not (ROOT / "packaging" / "__init__.py").exists()


@pytest.mark.parametrize("path", FILES, ids=str)
def test_nothing_committed_names_one_machine(path: Path) -> None:
    try:
        text = read(path)
    except UnicodeDecodeError:
        return
    assert forbidden_text(text) == []


def test_a_machine_path_is_seen() -> None:
    assert forbidden_text("see /" + "work/main") == ["a path of one machine"]
    assert forbidden_text("https://py" + "pi.org/simple") == ["the address of a package registry"]


def test_no_large_file() -> None:
    assert [str(path) for path in FILES if (ROOT / path).stat().st_size > FILE_BYTES_MAX] == []


def test_requirements_are_pinned_with_hashes_and_without_address() -> None:
    pins = [path for path in FILES if path.parts[0] == "requirements"]
    assert {path.stem for path in pins} == {"build", "hub", "terminal", "test"}
    for path in pins:
        lines = [line for line in read(path).splitlines() if line and not line.startswith("#")]
        assert [
            line for line in lines if not re.match(r"^(?:[\w.-]+==\S+( ;.*)? \\|    --hash=sha256:\S+( \\)?)$", line)
        ] == []


def test_what_both_ends_use_is_pinned_to_one_version() -> None:
    versions: dict[str, set[str]] = {}
    for name in ("hub", "terminal", "test"):
        for package, version in re.findall(r"^([\w.-]+)==(\S+)", read(Path(f"requirements/{name}.txt")), re.MULTILINE):
            versions.setdefault(package, set()).add(version)
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}


def test_only_the_vault_and_the_key_files_know_sealing_private_keys() -> None:
    """What opens is HPKE's private key: no other room may even name its class."""
    naming = {str(path) for path in ROOM_FILES if "MLKEM768X25519PrivateKey" in read(path)}
    assert naming <= SEALING_KEY_FILES
    assert "sync/hub/vault.py" in naming


def test_the_licence_and_the_changelog_have_their_shape() -> None:
    assert read(Path("LICENSE")).startswith("MIT License\n")
    changelog = read(Path("CHANGELOG.md"))
    assert changelog.startswith("# Changelog\n")
    headings = re.findall(r"^## (.*)$", changelog, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    assert [line for line in headings[1:] if not re.match(r"^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$", line)] == []
    kinds = set(re.findall(r"^### (.*)$", changelog, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_decision_records_are_numbered_without_hole() -> None:
    names = [path.name for path in FILES if path.parent == Path("docs/decisions") and path.name != "README.md"]
    assert [int(name[:4]) for name in names] == list(range(len(names)))
    for name in names[1:]:
        text = read(Path("docs/decisions") / name)
        assert re.match(rf"^# {name[:4]}\. .+\n\nStatus: ", text), name
        assert "## Refused" in text, name
