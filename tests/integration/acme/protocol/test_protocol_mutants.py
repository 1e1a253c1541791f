"""Each check of a request, left out on purpose: a test that exists must notice."""

from collections.abc import Callable

import pytest

from tests.integration.acme.protocol import test_accounts, test_forgeries, test_new_accounts
from tests.support.acme.eab_keys import EabKeys
from tests.support.acme.raw import RawAcme
from tests.support.mutants import Mutant, alive, delayed, instead, lacking, never

# together they take more than ten seconds
pytestmark = pytest.mark.slow

Noticed = Callable[[EabKeys, RawAcme], None]
_VERIFIED = "api.acme.protocol.verification:Verification.verified"
_NONCES = "services.acme.nonces:Nonces.use"
_NEW = "services.acme.new_accounts:NewAccounts"


def _newcomer(client: RawAcme) -> RawAcme:
    return RawAcme(client.gateway)


_MUTANTS: list[tuple[Mutant, Noticed]] = [
    (
        Mutant("a nonce is good for ever", _NONCES, never("store")),
        lambda _, client: test_forgeries.test_a_used_nonce_is_refused_in_the_words_that_acme_sh_looks_for(
            client
        ),
    ),
    (
        Mutant("any text is a nonce", _NONCES, lacking("check_nonce")),
        lambda _, client: test_forgeries.test_a_nonce_that_this_server_did_not_make_is_refused(client),
    ),
    (
        Mutant("a request is good anywhere", _VERIFIED, never("header", "url")),
        lambda _, client: test_forgeries.test_a_request_for_one_place_does_nothing_at_another(client),
    ),
    (
        Mutant("nobody looks at signatures", _VERIFIED, lacking("verify")),
        lambda keys, client: test_forgeries.test_nobody_signs_for_another_account(keys, keys.made(), client),
    ),
    (
        Mutant("a forgery uses up the nonce", _VERIFIED, delayed("verify")),
        lambda _, client: test_forgeries.test_a_forgery_uses_up_no_nonce(client),
    ),
    (
        Mutant("what has ended goes on", _VERIFIED, lacking("require_valid")),
        lambda keys, client: test_accounts.test_a_deactivated_account_is_401_everywhere_and_frees_its_place(
            keys, keys.made(), client
        ),
    ),
    (
        Mutant(
            "accounts read one another",
            "api.acme.protocol.front:AcmeFront._caller",
            instead("len(place) > 1 and place[1] != account.id", "False"),
        ),
        lambda keys, client: test_accounts.test_urls_of_another_account_are_404(keys, keys.made(), client),
    ),
    (
        Mutant(
            "any MAC binds",
            f"{_NEW}._bound_key",
            instead("key is None or not has_valid_mac(binding, mac_key)", "key is None"),
        ),
        lambda keys, client: test_new_accounts.test_unknown_key_and_wrong_mac_have_one_answer(
            keys, keys.made(), _newcomer(client)
        ),
    ),
    (
        Mutant("places are endless", f"{_NEW}._commit", lacking("take_place_step", "_KEY_FULL")),
        lambda keys, client: (
            test_new_accounts.test_a_full_eab_key_makes_no_more_accounts_until_one_is_deactivated(
                keys, _newcomer(client)
            )
        ),
    ),
    (
        Mutant("a disabled account gets more", f"{_NEW}._commit", lacking("enabled_step", "_NO_SUBJECT")),
        lambda keys, client: test_new_accounts.test_a_disabled_service_account_gets_no_accounts(
            keys.stack, keys, _newcomer(client)
        ),
    ),
    (
        Mutant("ended keys bind", f"{_NEW}._key_for", never("binds_at")),
        lambda keys, client: test_new_accounts.test_a_revoked_eab_key_makes_no_more_accounts(
            keys.stack, keys, keys.made(), _newcomer(client)
        ),
    ),
    (
        Mutant("networks bind nobody", f"{_NEW}._created", lacking("require_source")),
        lambda keys, client: test_new_accounts.test_an_eab_key_with_networks_makes_accounts_from_there_alone(
            keys, client.gateway
        ),
    ),
    (
        Mutant(
            "a disabled service account goes on",
            "domain.acme.callers:caller_of",
            instead(
                "subject is None or subject.id != account.service_account_id or not subject.enabled",
                "subject is None",
            ),
        ),
        lambda keys, client: test_accounts.test_a_disabled_service_account_locks_its_accounts_out_at_once(
            keys, client.gateway
        ),
    ),
]


@pytest.mark.parametrize(("mutant", "noticed"), _MUTANTS, ids=lambda part: getattr(part, "name", ""))
def test_this_mutant_is_caught(keys: EabKeys, client: RawAcme, mutant: Mutant, noticed: Noticed) -> None:
    with alive(mutant), pytest.raises((AssertionError, KeyError)):
        noticed(keys, client)
