"""RSA and ECDSA in one chain: at the first deploy, where nobody can say that it is meant, and below a root
that is not the stack's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from cryptography import x509

from certctl.crypto.authorities.authority import issuing_certificate, root_certificate
from certctl.crypto.ca_keys import CaPrivateKey, ca_public_key, spec_of
from certctl.crypto.pem import certificate_pem, load_certificate
from certctl.domain.authorities.authorities import AuthorityRequest, NewAuthority, SignedAuthority
from certctl.domain.authorities.key_specs import KeySpec
from certctl.domain.errors import InvalidInput
from tests.support.authorities.authority import held_key
from tests.support.authorities.pki import Pki, new_keys

MIXED = "RSA-only clients cannot verify it"
ECDSA_PAIRS = [(KeySpec.ECC_NIST_P256, KeySpec.ECC_NIST_P384), (KeySpec.ECC_NIST_P384, KeySpec.ECC_NIST_P256)]
RSA_PAIRS = [(KeySpec.RSA_3072, KeySpec.RSA_2048), (KeySpec.RSA_4096, KeySpec.RSA_4096)]


@pytest.mark.parametrize(("root", "issuing"), [*ECDSA_PAIRS, *RSA_PAIRS])
def test_the_first_deploy_takes_the_keys_that_it_is_given(pki: Pki, root: KeySpec, issuing: KeySpec) -> None:
    pki.keys.update(new_keys(root, issuing))
    pair = pki.authority().initialize()
    found = [load_certificate(each.certificate_pem).public_key() for each in (pair.root, pair.issuing)]
    assert [spec_of(each) for each in found] == [root, issuing]


@pytest.mark.parametrize(
    ("root", "issuing", "why"),
    [
        (
            KeySpec.ECC_NIST_P384,
            KeySpec.RSA_2048,
            "IssuingKeySpec: is RSA_2048, and RootKeySpec ECC_NIST_P384",
        ),
        (
            KeySpec.RSA_3072,
            KeySpec.ECC_NIST_P256,
            "IssuingKeySpec: is ECC_NIST_P256, and RootKeySpec RSA_3072",
        ),
        (KeySpec.RSA_2048, KeySpec.RSA_2048, "RootKeySpec: is RSA_2048: the key of a root is one of"),
    ],
)
def test_the_first_deploy_makes_no_cas_that_somebody_would_have_to_confirm(
    pki: Pki, root: KeySpec, issuing: KeySpec, why: str
) -> None:
    pki.keys.update(new_keys(root, issuing))
    with pytest.raises(InvalidInput, match=why):
        pki.authority().initialize()
    assert pki.authorities.all() == []


@dataclass(frozen=True)
class ExternalRoot:
    certificate: x509.Certificate
    key: CaPrivateKey
    start: datetime

    def signed(self, request: AuthorityRequest) -> SignedAuthority:
        csr = x509.load_pem_x509_csr(request.csr_pem.encode())
        made = issuing_certificate(
            csr.subject.rfc4514_string(),
            ca_public_key(csr.public_key()),
            self.certificate,
            self.key,
            (),
            "http://pki.example.org/root.crl",
            "http://pki.example.org/root.crt",
            self.start,
            self.start + timedelta(days=900),
        )
        return SignedAuthority(request.issuer_id, certificate_pem(made), certificate_pem(self.certificate))


def external_root(pki: Pki, spec: KeySpec) -> ExternalRoot:
    start, key = pki.clock().replace(microsecond=0) - timedelta(days=1), held_key(spec)
    return ExternalRoot(root_certificate("CN=Outside", key, start, start + timedelta(days=4000)), key, start)


@pytest.mark.parametrize(
    ("above", "own"), [(KeySpec.RSA_2048, KeySpec.ECC_NIST_P256), (KeySpec.ECC_NIST_P384, KeySpec.RSA_3072)]
)
def test_a_mixture_below_an_external_root_is_installed_once_it_is_confirmed(
    pki: Pki, above: KeySpec, own: KeySpec
) -> None:
    pki.authority().initialize()
    roots, outside = pki.admin().cas.outside_roots, external_root(pki, above)
    request = roots.request(NewAuthority("iss-local", pki.new_key("arn:second", own), "CN=Sub CA 1"))
    signed = outside.signed(request)
    with pytest.raises(InvalidInput, match=f'confirm: must be "{MIXED}"'):
        roots.install(signed)
    confirmed = SignedAuthority(signed.issuer_id, signed.certificate_pem, signed.chain_pem, (MIXED,))
    assert roots.install(confirmed) == pki.authorities.active_issuing("iss-local")


@pytest.mark.parametrize(
    ("above", "own"), [(KeySpec.RSA_2048, KeySpec.RSA_3072), (KeySpec.ECC_NIST_P384, KeySpec.ECC_NIST_P256)]
)
def test_one_family_below_an_external_root_needs_nobody_s_word(
    pki: Pki, above: KeySpec, own: KeySpec
) -> None:
    pki.authority().initialize()
    roots, outside = pki.admin().cas.outside_roots, external_root(pki, above)
    request = roots.request(NewAuthority("iss-local", pki.new_key("arn:second", own), "CN=Sub CA 1"))
    installed = roots.install(outside.signed(request))
    assert (installed, installed.parent_id) == (pki.authorities.active_issuing("iss-local"), None)
