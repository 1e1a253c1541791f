"""Problems of the ACME server: their names and statuses are those of the RFCs."""

import pytest

from certctl.domain.acme.problems import AcmeProblem, ProblemType

_STATUSES = {
    "unauthorized": 403,
    "externalAccountRequired": 403,
    "orderNotReady": 403,
    "userActionRequired": 403,
    "alreadyReplaced": 409,
    "rateLimited": 429,
    "serverInternal": 500,
}


@pytest.mark.parametrize("kind", ProblemType)
def test_each_type_has_a_status_of_its_own_or_400(kind: ProblemType) -> None:
    assert AcmeProblem(kind, "x").status == _STATUSES.get(kind.value, 400)


def test_a_problem_may_have_another_status_than_its_type() -> None:
    problem = AcmeProblem(ProblemType.UNAUTHORIZED, "The ACME account is deactivated.", 401)
    assert (problem.status, str(problem)) == (401, "The ACME account is deactivated.")


def test_types_are_named_in_the_namespace_of_ietf() -> None:
    assert ProblemType.BAD_CSR.urn == "urn:ietf:params:acme:error:badCSR"
