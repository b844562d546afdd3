"""Every operation of the reference with generated requests, valid and not: no 500, and answers as described."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from puntal.entrypoints.server import create_app
from puntal.kit.db import Database
from puntal.kit.settings import Settings

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@schemathesis.serializer("application/jsonl")
def lines(_context: Any, value: Any) -> bytes:
    """As it was made up: most of it are no events at all."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


def nothing() -> AbstractAsyncContextManager[Database]:
    raise RuntimeError("the reference needs no database")


SCHEMA = schemathesis.openapi.from_dict(create_app(nothing, settings=Settings()).openapi())


def described() -> Iterator[APIOperation[Any, Any, Any, Any]]:
    for found in SCHEMA.get_all_operations():
        assert isinstance(found, Ok), found.err()
        yield found.ok()


OPERATIONS = list(described())


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_request_breaks_the_server(operation: Any, served: Any) -> None:
    @settings(
        max_examples=8,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in MODES)))
    def knock(case: Any) -> None:
        # Made-up names would all end at the same 404.
        if "program" in case.path_parameters:
            case.path_parameters["program"] = served.slug
        case.call_and_validate(
            base_url=served.base, headers={"authorization": f"Bearer {served.token}"}, checks=list(CHECKS)
        )

    knock()
