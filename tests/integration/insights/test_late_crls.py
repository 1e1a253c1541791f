"""A late CRL needs attention: each CA that has one leads to its record."""

from datetime import timedelta
from typing import Any

from certctl.domain.authorities.authorities import CRL_LATE_WITH, CRL_VALIDITY
from tests.support.functions.deployed import Deployed
from tests.support.issuing.issuing import issuing


def late_crls(stack: Deployed) -> list[dict[str, Any]]:
    lines = stack.admin("insights_api").get("/api/v1/attention").body["lines"]
    return [line for line in lines if line["kind"] == "crls_late"]


def test_each_ca_with_a_late_crl_leads_to_its_record(stack: Deployed) -> None:
    with issuing(stack):
        in_time = late_crls(stack)
        stack.clock.advance(CRL_VALIDITY - CRL_LATE_WITH + timedelta(hours=1))
        [line] = late_crls(stack)
        catalog = stack.admin("catalog_api")
        found = [catalog.get(item["href"]) for item in line["worst"]]
    assert (in_time, line["href"]) == ([], None)
    assert [answer.body["ca_id"] for answer in found] == [item["id"] for item in line["worst"]]
    assert {answer.body["role"] for answer in found} == {"issuing"}
    assert line["count"] == len(found)
