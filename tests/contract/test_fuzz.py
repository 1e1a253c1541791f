"""Whatever is sent, the answer is one that docs/openapi.json describes, and never an error of ours."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.clock import Clock
from tests.support.functions.deployed import deployed
from tests.support.fuzzing import Fuzzed, answered, cases_of, fuzzed_operations, fuzzed_with
from tests.support.issuing.issuing import issuing

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
_OPERATIONS = fuzzed_operations()
# What nothing but a path is sent to takes any text there.
_MODES = [
    (label, mode)
    for label, operation in _OPERATIONS.items()
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or operation.body or operation.query
]
# FUZZ_EXAMPLES=200 for a search of some minutes
_SETTINGS = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "5")),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Fuzzed]:
    """Made before anything is sent: a policy that a request makes may refuse what others need."""
    with deployed(Clock()) as stack, issuing(stack) as world:
        yield fuzzed_with(world, _OPERATIONS)


@pytest.mark.parametrize(("label", "mode"), _MODES, ids=lambda part: getattr(part, "value", part))
def test_every_answer_is_described(fuzzed: Fuzzed, label: str, mode: GenerationMode) -> None:
    folder, keys = fuzzed.folders[label], fuzzed.keys[label]

    @_SETTINGS
    @given(case=cases_of(_OPERATIONS[label], mode, fuzzed.ids[label]), key=st.sampled_from(keys))
    def holds(case: Case[Any], key: str) -> None:
        answer = answered(folder, case, key)
        # a body that is too large is refused before its content, which the check does not know
        is_cut = answer.status_code == 413
        checks = [check for check in _CHECKS if not (is_cut and check is negative_data_rejection)]
        case.validate_response(answer, checks=checks)

    holds()
