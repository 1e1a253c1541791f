"""Each rule of orders and revocation, broken on purpose: a test that exists must notice."""

from collections.abc import Callable

import pytest

from certctl.domain.acme.problems import AcmeProblem
from certctl.domain.errors import DomainError
from tests.integration.acme.ordering import (
    test_orders_to_certificates,
    test_records,
    test_refused_finalize,
    test_refused_orders,
    test_revocation,
)
from tests.support.acme.orders import AcmeClient
from tests.support.mutants import Mutant, alive, always, instead, lacking, never

# together they take more than ten seconds
pytestmark = pytest.mark.slow

Noticed = Callable[[AcmeClient], None]
_NOTICED = (AssertionError, pytest.fail.Exception, AcmeProblem, DomainError, ValueError)
_FINALIZING = "services.acme.finalizing"
_REVOKING = "services.acme.revoking"

_MUTANTS: list[tuple[Mutant, Noticed]] = [
    (
        Mutant(
            "keys of accounts are certified",
            f"{_FINALIZING}:Finalizing._require_own_key",
            never("account", "thumbprint", "id_of_key"),
        ),
        test_refused_finalize.test_the_key_of_the_acme_account_is_no_key_of_a_certificate,
    ),
    (
        Mutant(
            "a CSR may leave names out", f"{_FINALIZING}:_checked", instead("sorted(ordered - asked)", "()")
        ),
        test_refused_finalize.test_a_csr_needs_all_names_of_the_order,
    ),
    (
        Mutant("a CSR may add names", f"{_FINALIZING}:_checked", instead("sorted(asked - ordered)", "()")),
        test_refused_finalize.test_a_csr_with_other_names_is_refused_with_each_of_them,
    ),
    (
        Mutant("another CSR is the same", f"{_FINALIZING}:Finalizing._again", never("digest")),
        test_orders_to_certificates.test_another_csr_is_refused_once_an_order_is_finalized,
    ),
    (
        Mutant("an order outlives its mode", f"{_FINALIZING}:_require_current", never("is_trusted")),
        test_refused_finalize.test_an_order_keeps_its_mode_and_a_stricter_key_refuses_it,
    ),
    (
        Mutant("others' jobs are cancelled", f"{_FINALIZING}:_superseded", never("is_held", "requested_by")),
        test_records.test_after_eight_seconds_a_client_is_asked_to_try_again,
    ),
    (
        Mutant("a young record is left", f"{_FINALIZING}:Finalizing._move_on", never("until")),
        test_records.test_at_30_versions_a_young_record_is_rate_limited_and_an_older_one_is_left,
    ),
    (
        Mutant(
            "names are not stored",
            f"{_FINALIZING}:Finalizing._steps",
            instead(
                "self.names.point_step(of.record.key, of.record.stored_id, certificate_id, until)",
                "self.names.point_step('other' + certificate_id, None, certificate_id, until)",
            ),
        ),
        test_orders_to_certificates.test_the_next_order_for_the_same_names_renews_the_record,
    ),
    (
        Mutant("a hold is no hindrance", "unit_of_work.acme.records:NamedRecords.find", never("ON_HOLD")),
        test_refused_orders.test_a_record_on_hold_takes_no_orders,
    ),
    (
        Mutant("limits are not counted", "services.acme.orders:Orders.create", lacking("limits")),
        test_refused_orders.test_an_account_has_300_orders_in_an_hour,
    ),
    (
        Mutant("a lost nudge stays lost", "services.acme.orders:Orders.read", lacking("nudges")),
        test_orders_to_certificates.test_polling_nudges_a_job_whose_nudge_was_lost,
    ),
    (
        Mutant(
            "a forged certificate is ours",
            f"{_REVOKING}:Revocations._genuine",
            never("serial", "stored", "der"),
        ),
        test_revocation.test_a_forged_certificate_finds_nothing,
    ),
    (
        Mutant("the last version leaves its record", f"{_REVOKING}:Revocations._revoke", never("is_last")),
        test_revocation.test_the_last_certificate_ends_its_record,
    ),
    (
        Mutant("a record ends with any version", f"{_REVOKING}:_Found.is_last", always("newest_valid")),
        test_revocation.test_other_certificates_of_the_record_live_on,
    ),
]


@pytest.mark.parametrize(("mutant", "noticed"), _MUTANTS, ids=[mutant.name for mutant, _ in _MUTANTS])
def test_a_mutant_is_noticed(client: AcmeClient, mutant: Mutant, noticed: Noticed) -> None:
    with alive(mutant), pytest.raises(_NOTICED):
        noticed(client)
