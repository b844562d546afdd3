"""Log lines: JSON for machines or pretty for people, with the request's id and without personal data."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

import structlog

from puntal.kit.settings import Settings, settings

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor

_PERSONAL = frozenset(
    {
        *("email", "phone", "name", "first_name", "last_name", "address", "birthday", "ip"),
        *("password", "secret", "token", "key", "code", "authorization", "cookie", "uri", "database_url", "body"),
    }
)
_QUIET = {
    "uvicorn.access": logging.WARNING,
    "psycopg.pool": logging.WARNING,
    "alembic": logging.WARNING,
    # It would log the address of every webhook, and some addresses are secrets.
    "httpx2": logging.WARNING,
}


def configure(chosen: Settings | None = None) -> None:
    """Send every log line of this process, the libraries' too, to standard error in one format."""
    wanted = chosen or settings()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_personal_data,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(wanted.log_level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(wanted)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(wanted.log_level.upper())
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def _renderers(chosen: Settings) -> list[Processor]:
    if chosen.log_format == "pretty":
        plain = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        return [plain]
    # Without locals: they hold the very data that must not be logged.
    frames = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [structlog.processors.ExceptionRenderer(frames), structlog.processors.JSONRenderer()]


def without_personal_data(_logger: Any, _method: str, event: EventDict) -> EventDict:  # noqa: ANN401 - structlog's own type
    """Blank what names a person or opens a door; ids are what log lines should carry."""
    for field in _PERSONAL & event.keys():
        event[field] = "[removed]"
    return event
