"""``kill -9`` at random moments, under load and in bad weather: nothing acknowledged is lost, nobody is there twice.

A leg here; ``python -m tests.processes.many_kills --kills 500 --seed N`` for more.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.processes.gestures import ROOT
from tests.processes.many_kills import Prepared, Wrong, run_leg

pytestmark = pytest.mark.processes
SEED = 20261121


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A hub and two terminals, which each test copies."""
    return Prepared.make(tmp_path_factory.mktemp("prepared") / "stage")


def test_nothing_acknowledged_is_lost_and_no_place_given_twice_whatever_is_killed(made: Prepared) -> None:
    happened = run_leg(made, SEED)

    print(f"seed {SEED}: {dict(happened)}")
    assert happened["kills"] == 25
    assert happened["looks"] == 2
    assert {"did register", "did book", "did cancel", "did take back", "killed hub", "checked terminal"} <= set(
        happened
    )


def plant(folder: Path, module: str, true: str, planted: str) -> Path:
    """A copy of the product in which one thing is wrong."""
    shutil.copytree(ROOT / "sync", folder / "sync", ignore=shutil.ignore_patterns("__pycache__"))
    text = (folder / module).read_text(encoding="utf-8")
    assert text.count(true) == 1, "the rule has changed: plant its fault anew"
    (folder / module).write_text(text.replace(true, planted), encoding="utf-8")
    return folder


SAID_TOO_EARLY = """
            connection = self.engine.connect()
            begun = connection.begin()
            def end() -> None:
                begun.commit()
                connection.close()
                self._one_writer.release()
            try:
                yield connection
            except BaseException:
                begun.rollback()
                connection.close()
                self._one_writer.release()
                raise
            if threading.current_thread() is threading.main_thread():  # what visitors do, not the rounds beside them
                threading.Timer(0.5, end).start()
            else:
                end()
        finally:
            pass
"""


@pytest.mark.parametrize(
    ("module", "true", "planted", "seen"),
    [
        (
            "sync/replica/database.py",
            """
            with _sentences(), self.engine.begin() as connection:
                yield connection
        except DiskFull:
            self._drop_reserve()
            raise
        finally:
            self._one_writer.release()
""",
            SAID_TOO_EARLY,
            "was acknowledged and is not|was cancelled and is|was taken back and is",
        ),
        (
            "sync/escrow.py",
            "    return len(active) + on_their_own\n",
            "    return on_their_own\n",
            r"slot .*: [23] people|counts",
        ),
    ],
    ids=["said before it is on the disk", "a granted place is given again"],
)
def test_a_planted_fault_is_seen(
    made: Prepared, tmp_path: Path, module: str, true: str, planted: str, seen: str
) -> None:
    with pytest.raises(Wrong, match=seen):
        run_leg(made, SEED, code=plant(tmp_path / "code", module, true, planted))
