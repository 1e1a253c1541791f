from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from certctl.crypto.inventory.facts import Unreadable, parse
from certctl.crypto.inventory.signatures import is_signed_by
from certctl.domain.inventory.observed import MAX_DER, MAX_NAMES
from tests.support.inventory.made import NOW, Maker

_OTHER = Maker(key=ec.generate_private_key(ec.SECP384R1()))


def test_the_facts_are_those_of_the_certificate() -> None:
    parsed = parse(Maker().leaf("www.example.com", "*.example.com"))
    facts = parsed.facts
    assert (facts.subject, facts.issuer) == ("CN=www.example.com", "CN=Their CA")
    assert (facts.first_name, facts.name_count, facts.has_wildcard) == ("www.example.com", 2, True)
    assert (facts.key_algorithm, facts.key_bits) == ("ECDSA P-256", 256)
    assert facts.not_after == NOW + timedelta(days=89)
    assert (facts.is_ca, facts.is_self_signed) == (False, False)


def test_an_rsa_key_has_its_size() -> None:
    facts = parse(Maker().rsa_leaf("www.example.com")).facts
    assert (facts.key_algorithm, facts.key_bits) == ("RSA", 2048)


def test_a_root_is_a_ca_that_signed_itself() -> None:
    facts = parse(Maker().certificate()).facts
    assert (facts.is_ca, facts.is_self_signed) == (True, True)


def test_a_self_signed_certificate_of_a_host_is_a_leaf() -> None:
    facts = parse(Maker().self_signed("old.example.com")).facts
    assert (facts.is_ca, facts.is_self_signed) == (False, True)


def test_only_the_key_that_signed_counts() -> None:
    leaf = Maker().leaf("www.example.com")
    assert is_signed_by(leaf, Maker().certificate())
    assert not is_signed_by(leaf, _OTHER.certificate()), "the same name with another key"


def test_the_same_names_have_the_same_digest() -> None:
    one, two = Maker().leaf("a.example", "b.example"), _OTHER.leaf("b.example", "a.example")
    assert parse(one).names_digest == parse(two).names_digest
    assert parse(one).names_digest != parse(Maker().leaf("a.example")).names_digest


def test_names_beyond_the_limit_are_only_counted() -> None:
    parsed = parse(Maker().leaf(*(f"h{n}.example.com" for n in range(MAX_NAMES + 50))))
    assert (len(parsed.names), parsed.facts.name_count) == (MAX_NAMES, MAX_NAMES + 50)


def test_control_characters_in_names_are_shown_and_not_kept() -> None:
    hostile = parse(Maker().leaf(common_name="<b>x</b>\x1b[2J\u202egnp"))
    assert hostile.facts.subject == r"CN=\<b\>x\</b\>\u{1b}[2J\u{202e}gnp"
    assert hostile.names == ("<b>x</b>\\u{1b}[2j\\u{202e}gnp",)


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x30\x80" * 30_000,
        b"\x30\x84\xff\xff\xff\xff" + b"\x00" * 100,
        b"\x00" * (MAX_DER + 1),
        Maker().leaf("www.example.com")[:-20],
        Maker().leaf("www.example.com") + b"\x00",
    ],
    ids=["empty", "nested without end", "a length of 4 GiB", "too long", "cut", "followed"],
)
def test_what_cannot_be_read_is_refused(der: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(der)
