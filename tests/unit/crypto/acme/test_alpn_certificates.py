"""Which certificates prove a name in the TLS handshake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.acme.alpn_certificates import reason_against
from certctl.domain.acme.eab_keys import ChallengeType
from tests.support.acme.alpn import RIGHT, Shown
from tests.support.acme.proofs import proof

PROOF = proof(ChallengeType.TLS_ALPN_01)


@pytest.mark.parametrize("name", ["www.example.com", "WWW.Example.COM"])
def test_a_right_certificate_is_a_proof(name: str) -> None:
    assert reason_against(Shown(names=(name,)).der(), PROOF) is None


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_an_address_is_proven_by_an_address(address: str) -> None:
    wanted = proof(ChallengeType.TLS_ALPN_01, address, is_address=True)
    assert reason_against(Shown(names=(address,)).der(), wanted) is None
    assert reason_against(Shown(names=("192.0.2.9",)).der(), wanted) is not None


@pytest.mark.parametrize(
    "shown",
    [
        Shown(names=("other.example.com",)),
        Shown(names=("www.example.com", "other.example.com")),
        Shown(names=("*.example.com",)),
        Shown(names=("192.0.2.1",)),
        Shown(has_names=False),
        Shown(identifier=None),
        Shown(identifier=RIGHT[:-1] + b"\x00"),
        Shown(identifier=RIGHT[2:]),
        Shown(identifier=RIGHT + b"\x00"),
        Shown(is_critical=False),
        Shown(is_self_signed=False),
    ],
)
def test_another_certificate_is_no_proof(shown: Shown) -> None:
    assert reason_against(shown.der(), PROOF) is not None


@given(st.binary(max_size=200))
def test_no_bytes_break_the_parser(data: bytes) -> None:
    assert reason_against(data, PROOF) == "the certificate is malformed"


_DER = Shown().der()


@given(st.integers(0, len(_DER) - 1), st.integers(0, 255))
def test_no_changed_byte_makes_a_proof_or_an_error(position: int, byte: int) -> None:
    changed = bytearray(_DER)
    changed[position] = byte
    assert (reason_against(bytes(changed), PROOF) is None) == (bytes(changed) == _DER)
