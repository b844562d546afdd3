"""What is measured on, whether it is quiet enough to measure, and what the processor spent."""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

BUSY_PERCENT = 10.0
BUSY_LOAD_PER_CORE = 0.5
SAMPLE_SECONDS = 1.0
SYNCS = 200
PAGE = b"\0" * 8192
TMPFS = Path("/dev/shm")  # noqa: S108 - the one place that is always memory on Linux; our folder in it is private
ROOM_NEEDED = 6 * 1024**3


@dataclass(frozen=True, slots=True)
class Syncs:
    """How long one fdatasync of a page takes, in microseconds."""

    median_us: float
    p99_us: float


def fdatasync(folder: Path) -> Syncs:
    """Write and sync one 8 KiB page after another, as a log writer does, and time each."""
    spent: list[float] = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(SYNCS):
            os.write(file.fileno(), PAGE)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            spent.append((time.perf_counter() - began) * 1e6)
    return Syncs(median_us=statistics.median(spent), p99_us=statistics.quantiles(spent, n=100)[-1])


def busy() -> list[str]:
    """Return what else keeps the machine busy, in words; empty when a measurement means something."""
    mine = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    others = [process for process in psutil.process_iter(["name"]) if process.pid not in mine]
    for process in others:
        with suppress(psutil.Error):
            process.cpu_percent()
    time.sleep(SAMPLE_SECONDS)
    found: list[str] = []
    for process in others:
        with suppress(psutil.Error):
            percent = process.cpu_percent()
            if percent >= BUSY_PERCENT:
                found.append(f"{process.name()} (pid {process.pid}) uses {percent:.0f} % of a core")
    load = os.getloadavg()[0]
    if load > BUSY_LOAD_PER_CORE * (os.cpu_count() or 1):
        found.append(f"the load average is {load:.1f}")
    return found


def facts(disk: Path, tmpfs: Path | None) -> dict[str, Any]:
    """Return what describes the machine beside the numbers."""
    syncs = fdatasync(disk)
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gib": round(psutil.virtual_memory().total / 1024**3, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "fdatasync_us": {"median": round(syncs.median_us), "p99": round(syncs.p99_us)},
        "ratios_on": "tmpfs" if tmpfs else "disk",
    }


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def tmpfs() -> Path | None:
    """Return a folder in memory with room for the benchmark, None where there is none."""
    with suppress(OSError):
        kind = next((mount.fstype for mount in psutil.disk_partitions(all=True) if mount.mountpoint == str(TMPFS)), "")
        if kind == "tmpfs" and psutil.disk_usage(str(TMPFS)).free >= ROOM_NEEDED:
            return TMPFS
    return None


def cpu_seconds(root: int) -> float:
    """Return the processor time of a process and all below it, ended children included, 0 when it is gone."""
    try:
        top = psutil.Process(root)
        spent = _own(top) + _ended(top)
        below = top.children(recursive=True)
    except psutil.NoSuchProcess:
        return 0.0
    for process in below:
        with suppress(psutil.NoSuchProcess):
            spent += _own(process) + _ended(process)
    return spent


def _own(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _ended(process: psutil.Process) -> float:
    """Return what its ended children spent: a connection that closed is in here and nowhere else."""
    times = process.cpu_times()
    return float(getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0))
