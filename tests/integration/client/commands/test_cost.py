"""`certctl cost --stack`: the price of the stack that is asked."""

import json

from tests.integration.client.conftest import Certctl
from tests.support.client.stack import BridgedStack


def test_the_certificates_of_the_stack_are_priced(stack: BridgedStack, certctl: Certctl) -> None:
    stack.issuing.created("www.example.com")
    summary = json.loads(certctl("api", "/stats/summary").out)

    priced = json.loads(certctl("cost", "--stack", "-o", "json").out)

    assert priced["certificates"] == summary["total_certificates"] - summary["revoked_certificates"]
    assert {line["part"]: line["amount"] for line in priced["lines"]}["idle"] == 1


def test_amounts_that_are_given_count_before_those_of_the_stack(
    stack: BridgedStack, certctl: Certctl
) -> None:
    ran = certctl("cost", "--stack", "--certificates", "5000", "-o", "json")

    assert json.loads(ran.out)["certificates"] == 5000
