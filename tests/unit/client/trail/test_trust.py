"""Pinned keys and trusted heads: what the person who verifies brings along wins over the bundle."""

import json

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certctl_client.trail.faults import FaultKind
from certctl_client.trail.keys import NotASealKey, seal_key
from certctl_client.trail.trust import NotAHead, Trust, trusted_head
from certctl_client.trail.verify import verify
from tests.support.client.trails import Files, Sealer, full_bundle, new_trail


@pytest.fixture(scope="module")
def small_trail() -> Sealer:
    return new_trail(60, 5)


@pytest.fixture(scope="module")
def small(small_trail: Sealer) -> Files:
    return full_bundle(small_trail)


def test_without_a_pinned_key_the_bundles_own_is_used_and_it_says_so(
    small_trail: Sealer, small: Files
) -> None:
    report = verify(small, Trust())
    assert report.is_intact
    assert not report.key_pinned
    assert "NOT PINNED" in report.text()
    assert small_trail.key_sha256 in report.text()


@pytest.mark.parametrize("how", ["key", "fingerprint"])
def test_a_pinned_key_is_reported(how: str, small_trail: Sealer, small: Files) -> None:
    key = seal_key(small_trail.pem)
    report = verify(small, Trust(key=key) if how == "key" else Trust(key_sha256=key.sha256))
    assert (report.is_intact, report.key_pinned) == (True, True)
    assert "NOT PINNED" not in report.text()


@pytest.mark.parametrize("how", ["key", "fingerprint", "head", "bare head"])
def test_a_trail_that_was_made_anew_with_another_key_is_found(
    how: str, small_trail: Sealer, small: Files
) -> None:
    real = small_trail.sealed[-1]
    trust = {
        "key": Trust(key=seal_key(small_trail.pem)),
        "fingerprint": Trust(key_sha256=small_trail.key_sha256),
        "head": Trust(head=trusted_head(rfc8785.dumps(real.signed_head()))),
        "bare head": Trust(head=trusted_head(rfc8785.dumps(real.head))),
    }[how]
    forged = full_bundle(new_trail(60, 5))
    assert verify(forged, Trust()).is_intact
    fault = verify(forged, trust).first_fault
    assert fault is not None
    assert fault.kind is FaultKind.WRONG_KEY


def test_a_trusted_head_pins_the_key(small_trail: Sealer, small: Files) -> None:
    head = trusted_head(rfc8785.dumps(small_trail.sealed[-1].head))
    report = verify(small, Trust(head=head))
    assert (report.is_intact, report.head_checked, report.key_pinned) == (True, True, True)


def test_spaces_and_order_in_a_head_file_do_not_matter(small_trail: Sealer, small: Files) -> None:
    signed = small_trail.sealed[-1].signed_head()
    text = json.dumps(dict(reversed(signed.items())), indent=4).encode()
    assert verify(small, Trust(head=trusted_head(text))).head_checked


def test_a_trusted_head_with_a_bad_signature_is_not_trusted(small_trail: Sealer, small: Files) -> None:
    signed = small_trail.sealed[-1].signed_head()
    signed["head"] = signed["head"] | {"total": 59}
    fault = verify(small, Trust(head=trusted_head(rfc8785.dumps(signed)))).first_fault
    assert fault is not None
    assert (fault.kind, fault.file) == (FaultKind.SEAL_EDITED, "the trusted head")


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"null", b'"head"', b"{", b'{"head":1}', b'{"head":[],"signature":""}', b"\xff", b"1"],
)
def test_a_file_that_is_no_head_is_refused(text: bytes) -> None:
    with pytest.raises(NotAHead):
        trusted_head(text)


@pytest.mark.parametrize(
    "pem", [b"", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", b"\xff"]
)
def test_a_file_that_is_no_key_is_refused(pem: bytes) -> None:
    with pytest.raises(NotASealKey):
        seal_key(pem)


def test_a_key_of_another_kind_is_refused() -> None:
    public = ed25519.Ed25519PrivateKey.generate().public_key()
    with pytest.raises(NotASealKey, match="P-256"):
        seal_key(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def test_a_bundle_whose_key_is_no_key_is_told_as_such(small: Files) -> None:
    fault = verify(small.with_file("key.pem", [b"no key"]), Trust()).first_fault
    assert fault is not None
    assert (fault.kind, fault.file) == (FaultKind.UNREADABLE, "key.pem")
