"""The processes of a cluster: whether its postmaster lives, and what a dead one left."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import psutil
import structlog

from puntal.kit.postgres.errors import ServerUnavailableError

POLL_SECONDS = 0.05
_ORPHAN_SECONDS = 30
_log = structlog.get_logger(__name__)


def alive(pid: int) -> bool:
    """Tell whether a process lives; a zombie does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def postmaster(pgdata: Path) -> int | None:
    """Return the live postmaster of a cluster. Its pid file alone proves nothing: pids are used again."""
    try:
        pid = int((pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == pgdata.resolve():
            return pid
    return None


def clear_after_crash(pgdata: Path) -> None:
    """Remove what a dead postmaster left, once nothing of it writes any more.

    A zombie still answers to its pid, so PostgreSQL would take the file of a dead postmaster for a live one's. Its
    orphaned backends end by themselves; starting beside one that has not would corrupt the data.
    """
    if not (pgdata / "postmaster.pid").exists():
        return
    deadline = time.monotonic() + _ORPHAN_SECONDS
    while orphans := _working_in(pgdata):
        if time.monotonic() > deadline:
            raise ServerUnavailableError(f"processes {orphans} of a crashed server are still running in {pgdata}")
        time.sleep(POLL_SECONDS)
    for stale in (pgdata / "postmaster.pid", *pgdata.glob(".s.PGSQL.*")):
        stale.unlink(missing_ok=True)
    _log.info("postgres.cleared_after_crash", data_dir=str(pgdata.parent))


def _working_in(pgdata: Path) -> list[int]:
    found: list[int] = []
    resolved = str(pgdata.resolve())
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name() == "postgres" and process.cwd() == resolved:
                found.append(process.pid)
    return found
