"""Which identifiers the ACME accounts of an EAB key may order, and which record they renew."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from certctl.domain.acme.eab_keys import RecordScope, name_refusals
from certctl.domain.acme.identifiers import Identifier, IdentifierType, common_name_of
from certctl.domain.acme.ordering.revocation_reasons import reason_of
from tests.support.acme.key_fields import an_eab_key

NOW = datetime(2027, 3, 1, tzinfo=UTC)
KEY = an_eab_key(NOW, names=("DNS:*.example.com", "IP:10.0.0.0/8"))


def dns(value: str) -> Identifier:
    return Identifier(IdentifierType.DNS, value)


def ip(value: str) -> Identifier:
    return Identifier(IdentifierType.IP, value)


@pytest.mark.parametrize("identifier", [dns("a.example.com"), ip("10.1.2.3")])
def test_names_within_the_patterns_are_allowed(identifier: Identifier) -> None:
    assert name_refusals(KEY, [identifier]) == []


@pytest.mark.parametrize(
    "identifier",
    [dns("example.com"), dns("a.b.example.com"), dns("*.example.com"), ip("11.0.0.1"), ip("::ffff:11.0.0.1")],
)
def test_other_names_are_refused(identifier: Identifier) -> None:
    [refused] = name_refusals(KEY, [identifier])
    assert refused.identifier == (identifier.type.value, identifier.value)


def test_wildcards_need_a_key_that_allows_them_and_a_pattern() -> None:
    key = replace(KEY, wildcards=True)
    assert name_refusals(key, [dns("*.example.com")]) == []
    assert name_refusals(key, [dns("*.a.example.com")])


def test_the_order_of_names_does_not_matter_for_the_record() -> None:
    names = [dns("a.example.com"), ip("10.0.0.1")]
    one = KEY.record_key(names, "server", "acct-1")
    assert one == KEY.record_key([ip("10.0.0.1"), dns("a.example.com")], "server", "acct-2")
    assert one != KEY.record_key([dns("a.example.com")], "server", "acct-1")
    assert one != KEY.record_key(names, "mtls", "acct-1")
    assert one != replace(KEY, id="eab-2").record_key(
        [dns("a.example.com"), ip("10.0.0.1")], "server", "acct-1"
    )


def test_an_account_can_have_records_of_its_own() -> None:
    key = replace(KEY, records=RecordScope.PER_ACCOUNT)
    names = [dns("a.example.com")]
    assert key.record_key(names, "server", "acct-1") != key.record_key(names, "server", "acct-2")


def test_the_common_name_is_the_first_dns_name_else_the_first_address() -> None:
    assert common_name_of([ip("10.0.0.1"), dns("b.example.com"), dns("a.example.com")]) == "b.example.com"
    assert common_name_of([ip("10.0.0.2"), ip("10.0.0.1")]) == "10.0.0.2"


def test_reasons_are_numbers_of_rfc_5280() -> None:
    assert [reason_of(code) for code in (None, 0, 1, 5)] == [
        "unspecified",
        "unspecified",
        "keyCompromise",
        "cessationOfOperation",
    ]
