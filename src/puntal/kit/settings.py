"""What a deployment can choose, read from `PUNTAL_*` in the environment. `puntal config` lists it."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def default_data_dir() -> Path:
    """Return where data lives unless said otherwise: a system folder for root, the user's own for others."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/puntal")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "puntal"
    shared = os.environ.get("XDG_DATA_HOME")
    return (Path(shared) if shared else Path.home() / ".local" / "share") / "puntal"


class Settings(BaseSettings):
    """Every setting, with a default that is safe on one machine."""

    model_config = SettingsConfigDict(env_prefix="PUNTAL_", extra="ignore", frozen=True)

    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL 15 or newer to use (postgresql://...). Unset: our own, under data_dir.",
    )
    data_dir: Path = Field(
        default_factory=default_data_dir,
        description="Folder for the embedded database and files; at most 80 bytes long when the database is in it.",
    )
    host: str = Field(
        default="127.0.0.1",
        description="Address to listen on. Anything but loopback needs admin_password.",
    )
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    public_url: str | None = Field(
        default=None,
        description="Address under which browsers reach this server, for links. Unset: host and port.",
    )
    workers: int = Field(default=1, ge=1, le=256, description="Server processes of `puntal serve`.")
    admin_password: SecretStr | None = Field(
        default=None,
        min_length=12,
        description="Password of the first owner, at least 12 characters, who is made at the start; needed to listen"
        " beyond loopback while nobody owns the installation.",
    )
    admin_email: str = Field(
        default="owner@localhost",
        min_length=3,
        max_length=254,
        pattern=r"^[^\s@]+@[^\s@]+$",
        description="E-mail address with which the first owner signs in.",
    )
    admin_name: str = Field(default="Owner", min_length=1, max_length=200, description="Name of the first owner.")
    secret_key: SecretStr | None = Field(
        default=None,
        description="32 bytes in base64 that seal stored secrets (`puntal secrets key` makes one). Unset: a file in"
        " data_dir, made once.",
    )
    secret_keys_old: SecretStr | None = Field(
        default=None, description="Keys of before, comma-separated, that still open what they sealed."
    )
    oidc_issuer: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s]+$",
        max_length=500,
        description="Address of the company's OpenID Connect provider, by whom staff may sign in.",
    )
    oidc_client_id: str | None = Field(default=None, max_length=500, description="What the provider knows us as.")
    oidc_client_secret: SecretStr | None = Field(default=None, description="What the provider knows us by.")
    oidc_name: str = Field(
        default="Single sign-on", min_length=1, max_length=200, description="What the provider is called to people."
    )
    oidc_domains: str = Field(
        default="",
        max_length=2000,
        description="Domains, comma-separated, of e-mail addresses the provider vouches for. Empty: of people who are"
        " staff already.",
    )
    oidc_new_role: str | None = Field(
        default=None,
        max_length=60,
        description="Role of people of those domains who come for the first time. Unset: nobody new is let in.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses, comma-separated, whose X-Forwarded-* headers are believed.",
    )
    pool_size: int = Field(default=10, ge=1, le=500, description="Database connections per process.")
    statement_timeout_ms: int = Field(
        default=30_000, ge=0, description="Longest a statement may run, in milliseconds; 0 is no limit."
    )
    lock_timeout_ms: int = Field(
        default=10_000,
        ge=0,
        description="Longest a statement waits for a lock, in milliseconds; 0 is no limit.",
    )
    idle_transaction_timeout_ms: int = Field(
        default=60_000,
        ge=0,
        description="Longest a transaction may sit idle, in milliseconds; 0 is no limit.",
    )
    max_body_bytes: int = Field(default=5_000_000, ge=1_000, description="Largest request body that is read, in bytes.")
    max_upload_bytes: int = Field(default=500_000_000, ge=1_000, description="Largest file that is taken in, in bytes.")
    requests_per_second: int = Field(
        default=10_000,
        ge=0,
        description="Most requests a second of one API key in one process; 0 is no limit.",
    )
    sign_ins_per_minute: int = Field(
        default=120,
        ge=0,
        description="Most tries to sign in from one address in one process, right or wrong; 0 is no limit.",
    )
    intake_batch: int = Field(default=250, ge=1, le=1000, description="Most events decided in one transaction.")
    intake_queue: int = Field(
        default=5_000,
        ge=1,
        description="Most events waiting in one process before callers are asked to come back.",
    )
    allow_private_webhooks: bool = Field(
        default=False,
        description="Let webhooks go to private addresses and plain http; for receivers in your own network.",
    )
    webhook_timeout_seconds: int = Field(
        default=15, ge=1, le=60, description="Longest a webhook's receiver may take to answer, in seconds."
    )
    webhook_concurrency: int = Field(default=20, ge=1, le=200, description="Most webhooks under way per worker.")
    job_concurrency: int = Field(default=4, ge=1, le=100, description="Most jobs running at once per worker.")
    job_stalled_seconds: int = Field(
        default=60,
        ge=6,
        le=3600,
        description="How long a worker may say nothing, in seconds, before its jobs begin anew with another. The same"
        " for all workers.",
    )
    log_format: Literal["json", "pretty"] = Field(default="json", description="json for machines, pretty for people.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severity that is logged."
    )
    locale: Literal["en", "es"] = Field(default="en", description="Language of messages when the caller names none.")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()
