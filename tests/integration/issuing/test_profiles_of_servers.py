"""Profiles that ask of an issuer's server what it decides itself."""

from typing import Any

import pytest

from certctl.domain.errors import CsrRejected, InvalidInput
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.policies.certificate_policies import CertificatePolicy
from certctl.domain.policies.subjects import SubjectRule
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.raw_subjects import COMMON_NAME, ORGANIZATION, UNIT, UTF8, raw_csr
from tests.support.issuing.scripted import ScriptedPlane
from tests.support.renewal.renewals import add_profile

NAME = "www.example.com"
DECIDED = [
    pytest.param({"subject": {"O": SubjectRule(fixed="Example")}}, "a subject", id="a fixed subject"),
    pytest.param({"subject": {"O": SubjectRule(allowed="*")}}, "a subject", id="an allowed subject"),
    pytest.param({"policies": (CertificatePolicy("1.3.6.1.4.1.32473.2"),)}, "policies", id="policies"),
    pytest.param({"extended_key_usages": ("timeStamping",)}, "the extended key usages", id="a usage"),
    pytest.param({"extended_key_usages": ("1.3.6.1.4.1.32473.1",)}, "the extended key usages", id="an OID"),
]


@pytest.mark.parametrize(("fields", "what"), DECIDED)
def test_a_request_is_refused_with_what_the_server_decides(
    scripted: ScriptedPlane, fields: dict[str, Any], what: str
) -> None:
    scripted.catalogued()
    add_profile(scripted.plane, "people", teams=("t-default",), **fields)
    pem = csr_pem(NAME, [NAME], new_key())

    with pytest.raises(InvalidInput) as refused:
        scripted.plane.requested(NAME, issuer_id=scripted.entry().id, profile_id="people", csr_pem=pem)

    (problem,) = refused.value.problems
    assert problem.field == "profile_id"
    assert problem.message.endswith(f"by the profile people: its server decides {what}, not the profile")


@pytest.mark.parametrize(("fields", "what"), DECIDED)
def test_an_order_is_not_made_by_a_profile_that_asks_for_it_by_now(
    scripted: ScriptedPlane, fields: dict[str, Any], what: str
) -> None:
    ordered = scripted.requested()
    add_profile(scripted.plane, "server", teams=("t-default",), **fields)

    scripted.work()

    job = scripted.plane.job(ordered.id)
    assert job.status is JobStatus.FAILED
    assert f"its server decides {what}" in str(job.last_error)
    assert scripted.script.calls == []


@pytest.mark.parametrize("oid", [ORGANIZATION, UNIT])
def test_a_group_of_kubernetes_in_a_request_is_not_sent_to_a_server_that_may_copy_it(
    scripted: ScriptedPlane, oid: str
) -> None:
    scripted.catalogued()
    pem = raw_csr([(COMMON_NAME, UTF8, NAME.encode())], [(oid, UTF8, b"System:masters")])
    plain = raw_csr([(COMMON_NAME, UTF8, NAME.encode())], [(oid, UTF8, b"Example")])

    with pytest.raises(CsrRejected) as refused:
        scripted.plane.requested(NAME, issuer_id=scripted.entry().id, csr_pem=pem)
    asked = scripted.plane.requested(NAME, issuer_id=scripted.entry().id, csr_pem=plain)

    (problem,) = refused.value.problems
    assert "'System:masters' in the request, which the issuer's server may copy" in problem.message
    assert len(asked.ignored_subject) == 1


@pytest.mark.parametrize("usage", ["codeSigning", "emailProtection"])
def test_the_usages_of_earlier_releases_are_ordered_as_before(scripted: ScriptedPlane, usage: str) -> None:
    scripted.requested()
    add_profile(scripted.plane, "server", extended_key_usages=(usage,))
    scripted.work(steps=1)
    assert scripted.script.calls == ["submit"]
