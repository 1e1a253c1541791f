"""Each rule against a second certificate, left out on purpose: a test that exists must notice."""

from collections.abc import Callable

import pytest

from tests.integration.issuing.private_ca import test_certificates, test_orders
from tests.support.issuing.private_ca.plane import PcaPlane
from tests.support.mutants import Mutant, alive, always, instead, lacking, never

# together they take more than ten seconds
pytestmark = pytest.mark.slow

Noticed = Callable[[PcaPlane], None]
_ISSUER = "connectors.issuers.aws_pca.issuer:AwsPcaIssuer"
_ORDERS = "connectors.issuers.aws_pca.orders"
_LEAVES = "crypto.issuing.signed_leaves:leaf_faults"

_MUTANTS: list[tuple[Mutant, Noticed]] = [
    (
        Mutant("a token lasts for ever", f"{_ISSUER}.advance", always("is_repeatable")),
        lambda pca: test_orders.test_after_four_minutes_a_call_that_may_have_been_made_is_never_repeated(
            pca, is_sent=True
        ),
    ),
    (
        Mutant(
            "a token lasts longer than at AWS",
            f"{_ORDERS}:TokenOrder.is_repeatable",
            instead("self.stored_at + REPEATABLE", "self.stored_at + 2 * REPEATABLE"),
        ),
        lambda pca: test_orders.test_after_four_minutes_a_call_that_may_have_been_made_is_never_repeated(
            pca, is_sent=True
        ),
    ),
    (
        Mutant("a token is not used", f"{_ISSUER}.advance", never("is_repeatable")),
        lambda pca: test_orders.test_the_token_and_its_time_are_stored_before_the_call_and_the_arn_after_it(
            pca
        ),
    ),
    (
        Mutant(
            "an expired token is replaced in silence",
            f"{_ISSUER}.advance",
            instead("known.may_be_known", "False"),
        ),
        lambda pca: test_orders.test_after_four_minutes_a_call_that_may_have_been_made_is_never_repeated(
            pca, is_sent=True
        ),
    ),
    (
        Mutant("a dead worker is forgotten", f"{_ISSUER}.advance", instead("request.is_repeated", "False")),
        lambda pca: test_orders.test_after_four_minutes_a_call_that_may_have_been_made_is_never_repeated(
            pca, is_sent=True
        ),
    ),
    (
        Mutant(
            "a lost response is forgotten",
            f"{_ISSUER}._requested",
            instead("order.in_doubt().pending()", "order.pending()"),
        ),
        lambda pca: test_orders.test_responses_that_stay_lost_end_in_doubt(pca, "loses"),
    ),
    (
        Mutant(
            "throttling ends a doubt",
            f"{_ISSUER}._requested",
            instead("order.may_be_known", "False"),
        ),
        lambda pca: test_orders.test_throttling_after_a_lost_response_keeps_the_doubt(pca),
    ),
    (
        Mutant(
            "what was not requested is in doubt",
            f"{_ISSUER}._requested",
            instead("order.may_be_known", "True"),
        ),
        lambda pca: test_orders.test_a_job_cancelled_before_any_request_leaves_nothing_to_settle(
            pca, "throttles"
        ),
    ),
    (
        Mutant(
            "a refusal is for all requests",
            "connectors.issuers.aws_pca.issuer:_refused",
            never("may_be_known"),
        ),
        lambda pca: test_orders.test_a_refusal_after_a_lost_response_is_no_refusal_of_the_first_request(pca),
    ),
    (
        Mutant(
            "an order goes to the issuer's new CA",
            f"{_ISSUER}._ca_of",
            instead("order.plan.ca_arn", "self.settings.ca_arn"),
        ),
        lambda pca: test_orders.test_an_order_stays_at_its_ca_if_the_issuer_gets_another_one(pca),
    ),
    (
        Mutant("any subject is good", _LEAVES, lacking("_subject_faults")),
        lambda pca: test_certificates.test_a_certificate_that_is_not_the_one_of_the_record_is_revoked(
            pca, "group"
        ),
    ),
    (
        Mutant("any usage is good", _LEAVES, lacking("_usage_faults")),
        lambda pca: test_certificates.test_a_certificate_that_is_not_the_one_of_the_record_is_revoked(
            pca, "usages"
        ),
    ),
    (
        Mutant("a CA is good", _LEAVES, lacking("_authority_faults")),
        lambda pca: test_certificates.test_a_certificate_that_is_not_the_one_of_the_record_is_revoked(
            pca, "CA"
        ),
    ),
    (
        Mutant("any lifetime is good", _LEAVES, lacking("_validity_faults")),
        lambda pca: test_certificates.test_a_certificate_that_is_not_the_one_of_the_record_is_revoked(
            pca, "longer"
        ),
    ),
    (
        Mutant(
            "nobody looks at faults",
            "services.issuing.external:ExternalIssuance._receive",
            instead("issued.faults", "()"),
        ),
        lambda pca: test_certificates.test_a_certificate_that_is_not_the_one_of_the_record_is_revoked(
            pca, "group"
        ),
    ),
]


@pytest.mark.parametrize(("mutant", "noticed"), _MUTANTS, ids=lambda part: getattr(part, "name", ""))
def test_this_mutant_is_caught(pca: PcaPlane, mutant: Mutant, noticed: Noticed) -> None:
    with alive(mutant), pytest.raises(AssertionError):
        noticed(pca)
