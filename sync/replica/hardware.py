"""What tells this machine and its disk from others: the seam to the serial numbers that the system lets be read.

Nothing of it is kept as it is: ``prints`` gives a keyed hash of each, of use to this terminal only.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Mapping
from pathlib import Path

Hardware = Callable[[Path], Mapping[str, str]]
"""Serial numbers by name, for a home; those that cannot be read are left out."""
MACHINE_FILES = {
    "machine": "etc/machine-id",
    "product": "sys/class/dmi/id/product_uuid",
    "board": "sys/class/dmi/id/board_serial",
}
DISK_FILES = {"disk": "serial", "disk_device": "device/serial", "disk_wide": "wwid", "disk_device_wide": "device/wwid"}
UDEV_SERIAL = "E:ID_SERIAL="


def read_hardware(home: Path, root: Path = Path("/")) -> dict[str, str]:
    """The serial numbers of this machine and of the disk that holds ``home``.

    Args:
        home: a folder of the disk in question.
        root: where the system's files are; another one in tests.
    """
    found = {name: _read(root / path) for name, path in MACHINE_FILES.items()}
    try:
        device = home.stat().st_dev
    except OSError:
        device = 0
    disks = _disks(root, f"{os.major(device)}:{os.minor(device)}")
    for name, path in DISK_FILES.items():
        found[name] = ",".join(sorted(filter(None, (_read(disk / path) for disk in disks))))
    found["disk_udev"] = ",".join(sorted(filter(None, (_udev_serial(root, _read(disk / "dev")) for disk in disks))))
    return {name: text for name, text in found.items() if text}


def prints(found: Mapping[str, str], key: bytes) -> dict[str, str]:
    """A keyed hash of each serial number: it says whether it is the same, and nothing to anybody else."""
    said = {name: f"point-contact/v1/hardware|{name}|{text}".encode() for name, text in found.items()}
    return {name: hmac.digest(key, text, "sha256").hex()[:32] for name, text in said.items()}


def differs(held: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """True when something that was read before and is read now is another one. What is missing on a side says nothing:
    a serial number may be readable at one start and not at the next."""
    return any(now[name] != kept for name, kept in held.items() if name in now)


def _disks(root: Path, number: str) -> list[Path]:
    """The whole disks under a device, through partitions and what is mapped onto them."""
    device = root / "sys/dev/block" / number
    if not device.exists():
        return []
    device = device.resolve()
    if (device / "partition").exists():
        device = device.parent
    under = sorted(device.glob("slaves/*"))
    if not under:
        return [device]
    return [disk for one in under for disk in _disks(root, _read(one / "dev"))]


def _udev_serial(root: Path, number: str) -> str:
    lines = _read(root / "run/udev/data" / f"b{number}").splitlines() if number else []
    return next((line.removeprefix(UDEV_SERIAL) for line in lines if line.startswith(UDEV_SERIAL)), "")


def _read(path: Path) -> str:
    """The text of a file of the system, empty when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
