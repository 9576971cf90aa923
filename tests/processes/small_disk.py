"""A small file system of its own, mounted over a folder of a stage, which a test fills to the last byte."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

SMALL = "48m"


class SmallDisk:
    """A file system in memory, mounted over one folder of a stage, which keeps its files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._filler = folder / "somebody-else.bin"
        kept = folder.with_name(f"{folder.name}-before")
        folder.rename(kept)
        folder.mkdir(mode=0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL},mode=700", "tmpfs", str(folder)], check=True)
        shutil.copytree(kept, folder, dirs_exist_ok=True)

    def fill(self) -> None:
        """Takes every byte that is left."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (1 << 20, 4096, 1):
                try:
                    while True:
                        file.write(b"\xa5" * size)
                except OSError:
                    continue

    def free(self) -> None:
        """Gives them back."""
        self._filler.unlink()

    def close(self) -> None:
        subprocess.run(["umount", "-l", str(self._folder)], check=True)
