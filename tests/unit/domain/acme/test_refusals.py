"""Refusals of the shared use cases, as ACME clients see them."""

import pytest

from certctl.domain.acme.identifiers import Identifier, IdentifierType
from certctl.domain.acme.ordering.refusals import busy, in_acme_terms, rate_limited, refusal
from certctl.domain.acme.problems import AcmeProblem, ProblemType, Subproblem
from certctl.domain.errors import (
    ChangedMeanwhile,
    Conflict,
    CsrRejected,
    FieldProblem,
    Forbidden,
    InvalidInput,
    NotFound,
    PolicyRefused,
    TooManyRequests,
    Unavailable,
)

P = ProblemType
WWW = Identifier(IdentifierType.DNS, "www.example.com")
IP = Identifier(IdentifierType.IP, "192.0.2.1")


def problem_of(error: Exception, *identifiers: Identifier) -> AcmeProblem:
    with pytest.raises(AcmeProblem) as raised, in_acme_terms(identifiers):
        raise error
    return raised.value


def test_a_rejected_csr_is_a_bad_csr_with_all_reasons() -> None:
    problem = problem_of(CsrRejected(["the key is weak", "there are two names"]))
    assert (problem.type, problem.status) == (P.BAD_CSR, 400)
    assert problem.detail == "the key is weak; there are two names"
    assert problem.subproblems == ()


def test_a_reason_against_a_name_is_about_its_identifier() -> None:
    problems = [FieldProblem("sans", "IP:192.0.2.1 is not allowed"), FieldProblem("sans", "at most 80 names")]
    problem = problem_of(InvalidInput("refused", problems), WWW, IP)
    assert problem.type is P.REJECTED_IDENTIFIER
    assert [each.identifier for each in problem.subproblems] == [("ip", "192.0.2.1")]
    assert "at most 80 names" in problem.detail


def test_a_name_is_not_taken_for_one_that_it_begins_with() -> None:
    other = Identifier(IdentifierType.DNS, "www.example.com.org")
    problem = problem_of(InvalidInput("no", [FieldProblem("sans", "DNS:www.example.com.org no")]), WWW, other)
    assert [each.identifier for each in problem.subproblems] == [("dns", "www.example.com.org")]


def test_what_is_the_key_s_fault_is_unauthorized() -> None:
    problem = problem_of(InvalidInput("no", [FieldProblem("issuer_id", "the issuer is disabled")]))
    assert (problem.type, problem.status) == (P.UNAUTHORIZED, 403)
    assert problem_of(InvalidInput("may not be issued")).type is P.UNAUTHORIZED


def test_policies_reject_the_order() -> None:
    refused = PolicyRefused("Refused by the policy x.", [FieldProblem("policies.p-1", "x (Error): no tag")])
    problem = problem_of(refused)
    assert (problem.type, problem.detail) == (P.REJECTED_IDENTIFIER, "x (Error): no tag")


@pytest.mark.parametrize("error", [Forbidden("no"), NotFound("no")])
def test_what_is_out_of_reach_is_unauthorized(error: Exception) -> None:
    assert problem_of(error).type is P.UNAUTHORIZED


def test_quotas_say_when_to_come_again_but_never_more_than_ten_minutes() -> None:
    problem = problem_of(TooManyRequests("5 a day", 40_000))
    assert (problem.type, problem.status, problem.retry_after) == (P.RATE_LIMITED, 429, 600)
    assert rate_limited("x", 0.2).retry_after == 1


def test_conflicts_are_repeated_by_the_client() -> None:
    problem = problem_of(Conflict("a job is open"))
    assert (problem.type, problem.status, problem.retry_after) == (P.SERVER_INTERNAL, 503, 3)
    assert busy("x").status == 503


@pytest.mark.parametrize("error", [ChangedMeanwhile("again"), Unavailable("down"), AcmeProblem(P.CAA, "no")])
def test_other_errors_pass(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, in_acme_terms():
        raise error
    assert raised.value is error


def test_several_types_are_compound_with_the_highest_status() -> None:
    reasons = [Subproblem(P.BAD_CSR, "a"), Subproblem(P.UNAUTHORIZED, "b"), Subproblem(P.BAD_CSR, "a")]
    problem = refusal(reasons)
    assert (problem.type, problem.status, problem.detail) == (P.COMPOUND, 403, "a; b")
