"""One process owns the server of a folder; whoever else asks for it shares it."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from puntal.kit.postgres.account import account_for, runnable_binaries
from puntal.kit.postgres.cluster import Cluster
from puntal.kit.postgres.errors import ServerUnavailableError
from puntal.kit.postgres.processes import POLL_SECONDS, postmaster
from puntal.kit.postgres.server import Server

if TYPE_CHECKING:
    from collections.abc import Mapping


LONGEST_PATH = 80
"""Bytes. A socket's path may have 107, and a longer one would make the server fall back on a shared folder."""


def ensure_server(
    data_dir: Path, *, parameters: Mapping[str, str] | None = None, tcp_port: int | None = None
) -> Server:
    """Return the server of `data_dir`: made, started, restarted after a crash, adopted or shared.

    Waits for as long as the server is alive and recovering. The database `puntal` exists afterwards.

    Args:
        data_dir: A folder of our own; created if missing. At most 80 bytes long.
        parameters: PostgreSQL settings that win over ours; used when this call starts the server.
        tcp_port: Also listen on this port of the loopback address.

    Raises:
        ServerUnavailableError: It cannot run here. Nothing was changed if the path or the user is at fault.
    """
    data_dir = data_dir.absolute()
    size = len(os.fsencode(data_dir))
    if size > LONGEST_PATH:
        raise ServerUnavailableError(
            f"the path of the data folder is {size} bytes long, at most {LONGEST_PATH} are possible: {data_dir}."
            " Choose a shorter one with PUNTAL_DATA_DIR, or set PUNTAL_DATABASE_URL."
        )
    account = account_for(data_dir)
    data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
    if data_dir.stat().st_uid != os.geteuid():
        raise ServerUnavailableError(f"{data_dir} belongs to another user")
    cluster = Cluster(data_dir, account, runnable_binaries(data_dir, account))
    while True:
        lock = _own(data_dir)
        if lock is not None:
            try:
                return cluster.open_as_owner(lock, dict(parameters or {}), tcp_port)
            except BaseException:
                os.close(lock)
                raise
        shared = cluster.shared()
        if shared is not None:
            return shared
        time.sleep(POLL_SECONDS)


def running_pid(data_dir: Path) -> int | None:
    """Return the pid of the live server of a data folder, None when there is none."""
    return postmaster(data_dir.absolute() / "pgdata")


def _own(data_dir: Path) -> int | None:
    # A bare descriptor: a file object would give the lock up as soon as nobody keeps the `Server`.
    lock = os.open(data_dir / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock
