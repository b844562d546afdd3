"""What `/metrics` tells Prometheus; no program, member or key is named in it.

Several server processes share their numbers through files in `PROMETHEUS_MULTIPROC_DIR`, which the supervisor sets
before it starts them.
"""

from __future__ import annotations

import os
from collections import Counter as Tally
from collections.abc import Sequence

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from puntal.intake.model import Answer
from puntal.kit.errors import Refusal

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_SHARED = FOLDER in os.environ
_registry = CollectorRegistry()

EVENTS = Counter("puntal_events", "Events taken in, by outcome.", ["outcome"], registry=_registry)
BATCH = Histogram(
    "puntal_intake_batch_events",
    "Events decided in one transaction.",
    buckets=(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000),
    registry=_registry,
)
BATCH_SECONDS = Histogram(
    "puntal_intake_batch_seconds",
    "How long a transaction of events took.",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=_registry,
)
REQUEST_SECONDS = Histogram(
    "puntal_event_request_seconds",
    "From the first byte of a single event to its answer.",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=_registry,
)
WAITING = Gauge(
    "puntal_intake_waiting",
    "Events waiting for their batch.",
    registry=_registry,
    multiprocess_mode="livesum",
)


def count(answers: Sequence[Answer | Refusal], seconds: float) -> None:
    """Note one batch."""
    BATCH.observe(len(answers))
    BATCH_SECONDS.observe(seconds)
    for outcome, number in Tally(map(_outcome, answers)).items():
        EVENTS.labels(outcome).inc(number)


def _outcome(answer: Answer | Refusal) -> str:
    if isinstance(answer, Refusal):
        return answer.code
    return "replayed" if answer.replayed else answer.outcome.status


def exposition() -> tuple[bytes, str]:
    """Return what Prometheus reads, and its content type."""
    registry = _registry
    if _SHARED:
        registry = CollectorRegistry()
        # The library annotates the class only.
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST
