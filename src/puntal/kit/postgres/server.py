"""A running server, and who decides when it stops."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from puntal.kit.postgres.errors import ServerUnavailableError
from puntal.kit.postgres.processes import POLL_SECONDS, alive

DATABASE = "puntal"
_STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
_STOP_SECONDS = 120


@dataclass(slots=True)
class Server:
    """A running server.

    Attributes:
        uri: Connects as the owner of everything. Contains the password: never log it.
        bin_dir: Where `pg_dump`, `pgbench` and the like are; may be another folder than the package's.
        pid: Of the postmaster.
        data_dir: The folder it was asked for with.
    """

    uri: str
    bin_dir: Path
    pid: int
    data_dir: Path
    _lock: int | None

    @property
    def owned(self) -> bool:
        """Whether this process decides when it stops."""
        return self._lock is not None

    def uri_of(self, database: str) -> str:
        """Return the URI of another database of this server."""
        head, _, tail = self.uri.partition(f"/{DATABASE}?")
        return f"{head}/{quote(database, safe='')}?{tail}"

    def release(self) -> None:
        """Give up ownership and leave the server running for whoever opens it next."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def stop(self, mode: str = "fast") -> None:
        """Stop the server if this process owns it, else do nothing.

        Args:
            mode: `fast` ends sessions and writes a checkpoint, `smart` waits for sessions to end by themselves,
                `immediate` is a crash on purpose.
        """
        if self._lock is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, _STOP_SIGNALS[mode])
        deadline = time.monotonic() + _STOP_SECONDS
        while alive(self.pid):
            if time.monotonic() > deadline:
                raise ServerUnavailableError(f"the database (pid {self.pid}) did not stop in {_STOP_SECONDS} s")
            time.sleep(POLL_SECONDS)
        self.release()
