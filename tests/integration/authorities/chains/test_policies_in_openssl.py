"""A leaf may assert exactly the policies with which OpenSSL finds it below its CAs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from certctl.crypto.issuing.chains import IssuingChain
from certctl.crypto.issuing.extensions import key_usage
from certctl.crypto.issuing.issuing import leaf_builder, leaf_problems, new_serial
from certctl.crypto.pem import certificate_pem
from certctl.domain.policies.certificate_policies import ANY_POLICY, CertificatePolicy
from tests.support.authorities.authority import a_request
from tests.support.issuing.csr import new_key, saved
from tests.support.openssl import run_openssl

_POLICY, _OTHER = "1.3.6.1.4.1.32473.2", "1.3.6.1.4.1.32473.3"
_NOW = datetime.now(UTC).replace(microsecond=0)
_KEYS = [ec.derive_private_key(0xCA + at, ec.SECP256R1()) for at in range(4)]
_LEAF_KEY = new_key()

type Extensions = tuple[x509.ExtensionType, ...]


def _policies(*oids: str) -> Extensions:
    each = [x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids]
    return (x509.CertificatePolicies(each),)


_ASSERTED = st.sampled_from(
    [
        *((), _policies(ANY_POLICY), _policies(ANY_POLICY), _policies(_POLICY), _policies(_OTHER)),
        *(_policies(_POLICY, _OTHER), _policies(_OTHER, ANY_POLICY)),
    ]
)
_INHIBITED = st.sampled_from([(), (), *((x509.InhibitAnyPolicy(skipped),) for skipped in range(4))])
_CA: st.SearchStrategy[Extensions] = st.builds(lambda one, other: (*one, *other), _ASSERTED, _INHIBITED)
_WANTED = st.sampled_from([(_POLICY,), (_OTHER,), (_POLICY, _OTHER)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("policies")


@settings(max_examples=120, derandomize=True, deadline=None)
@given(cas=st.tuples(_CA, _CA, _CA), wanted=_WANTED)
def test_what_is_issued_openssl_finds_by_each_policy_and_what_is_refused_it_does_not(
    folder: Path, cas: tuple[Extensions, ...], wanted: tuple[str, ...]
) -> None:
    """The root's own extensions do not matter: it is a trust anchor."""
    chain = IssuingChain.of([_ca(at, added) for at, added in enumerate((*cas, ()))])
    request = a_request(key=_LEAF_KEY, policies=tuple(map(CertificatePolicy, wanted)))

    is_issued = leaf_problems(chain, request.planned) == []

    leaf = leaf_builder(request, chain).sign(_KEYS[0], hashes.SHA256())
    assert is_issued is all(_finds(folder, oid, leaf, chain) for oid in wanted)


def _finds(folder: Path, oid: str, leaf: x509.Certificate, chain: IssuingChain) -> bool:
    *between, root = (link.certificate for link in chain.links)
    trusted = ("-CAfile", _saved(folder, [root]), "-untrusted", _saved(folder, between))
    options = ("-explicit_policy", "-policy", oid)
    return run_openssl("verify", *options, *trusted, _saved(folder, [leaf])).returncode == 0


def _saved(folder: Path, certificates: Sequence[x509.Certificate]) -> Path:
    return saved(folder, "".join(map(certificate_pem, certificates)))


def _ca(at: int, added: Extensions) -> x509.Certificate:
    """The CA at this height above the leaf; the last one is the root."""
    above = min(at + 1, len(_KEYS) - 1)
    key, signer = _KEYS[at].public_key(), _KEYS[above]
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name.from_rfc4514_string(f"CN=CA {at}"))
        .issuer_name(x509.Name.from_rfc4514_string(f"CN=CA {above}"))
        .public_key(key)
        .serial_number(new_serial())
        .not_valid_before(_NOW - timedelta(days=1))
        .not_valid_after(_NOW + timedelta(days=300))
        .add_extension(x509.BasicConstraints(ca=True, path_length=at), critical=True)
        .add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    for each in added:
        builder = builder.add_extension(each, critical=isinstance(each, x509.InhibitAnyPolicy))
    return builder.sign(signer, hashes.SHA256())
