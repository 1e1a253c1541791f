"""`api/problems.py` is the only table of error -> status, and it is whole."""

import importlib
import pkgutil

import pytest
from aws_lambda_powertools.event_handler.exceptions import BadRequestError, InternalServerError

import certctl
from certctl.api.problems import STATUS, UNKNOWN_ERROR, kind_of, problem_of
from certctl.domain.errors import Conflict, CsrRejected, DomainError, InvalidInput, Unauthenticated


def _subclasses(parent: type[DomainError]) -> set[type[DomainError]]:
    children = set(parent.__subclasses__())
    return children.union(*(_subclasses(child) for child in children))


def _every_error() -> list[type[DomainError]]:
    for module in pkgutil.walk_packages(certctl.__path__, "certctl."):
        importlib.import_module(module.name)
    ours = (error for error in _subclasses(DomainError) if error.__module__.startswith("certctl."))
    return sorted(ours, key=lambda error: error.__name__)


@pytest.mark.parametrize("error", _every_error())
def test_every_domain_error_has_a_status(error: type[DomainError]) -> None:
    assert kind_of(error) is not None


def test_every_error_of_the_domain_has_a_row_of_its_own() -> None:
    missing = {e for e in _every_error() if e.__module__ == "certctl.domain.errors"} - set(STATUS)
    assert missing == set()


def test_a_stores_own_error_is_shown_as_what_it_derives_from() -> None:
    class Internal(Conflict):
        pass

    assert problem_of(Internal("It changed.")).view("r")["type"] == "urn:certctl:problem:conflict"


def test_what_is_unknown_says_nothing_of_itself() -> None:
    for error in (RuntimeError("password"), KeyError("x"), InternalServerError("password")):
        assert problem_of(error) is UNKNOWN_ERROR


def test_a_problem_document_has_the_fields_of_rfc_9457() -> None:
    view = problem_of(Conflict("It changed.")).view("request-1")
    assert view == {
        "type": "urn:certctl:problem:conflict",
        "title": "Conflict",
        "status": 409,
        "detail": "It changed.",
        "request_id": "request-1",
    }


def test_every_reason_of_a_refused_csr_is_listed() -> None:
    view = problem_of(CsrRejected(["SHA-1", "RSA of 1024 bits"])).view("request-1")
    assert [error["message"] for error in view["errors"]] == ["SHA-1", "RSA of 1024 bits"]
    assert view["type"] == "urn:certctl:problem:csr-rejected"


def test_errors_are_listed_by_field() -> None:
    view = problem_of(InvalidInput.of("expires_at", "must be in the future")).view("request-1")
    assert view["errors"] == [{"field": "expires_at", "message": "must be in the future"}]


def test_a_401_names_the_scheme() -> None:
    assert problem_of(Unauthenticated("No key.")).headers == {"WWW-Authenticate": "Bearer"}


def test_errors_of_the_framework_keep_their_status() -> None:
    assert problem_of(BadRequestError("internals")).status == 400
