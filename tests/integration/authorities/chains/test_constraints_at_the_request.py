"""What a CA above the issuing one forbids is refused at the request, with the reason, and opens no job."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from certctl.crypto.issuing.chains import issuing_chain
from certctl.crypto.issuing.extensions import key_usage
from certctl.crypto.issuing.issuing import PlannedLeaf, leaf_problems
from certctl.crypto.names import names_of
from certctl.crypto.pem import certificate_pem
from certctl.crypto.serials import new_serial
from certctl.domain.authorities.authorities import Authority, NewAuthority, SignedAuthority
from certctl.domain.certificates.statuses import RenewalState
from certctl.domain.errors import InvalidInput
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.policies.usages import ExtendedKeyUsage
from certctl.domain.revocation.campaign_items import ItemFilter
from certctl.domain.revocation.campaign_requests import CampaignSelection, NewCampaign
from tests.support.authorities.pki import SETTINGS, Pki
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.renewal.renewals import alerts_of

_OFFICE = x509.NameConstraints([x509.DNSName("office.example")], None)
_SERVERS = x509.ExtendedKeyUsage([Usage.SERVER_AUTH])
_POLICIES = x509.PolicyConstraints(0, None)


@pytest.fixture
def plane(pki: Pki) -> ControlPlane:
    pki.authority().initialize()
    pki.new_key("arn:second")
    return ControlPlane(pki, CHANNELS)


def _signed(
    subject: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    above: tuple[x509.Name, ec.EllipticCurvePrivateKey],
    pki: Pki,
    below: int,
    added: Sequence[x509.ExtensionType] = (),
) -> x509.Certificate:
    issuer, signer = above
    start = pki.clock().replace(microsecond=0) - timedelta(days=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(new_serial())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=1825))
        .add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)
        .add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    for each in added:
        builder = builder.add_extension(each, critical=True)
    return builder.sign(signer, hashes.SHA256())


def under_an_outside_root(plane: ControlPlane, *added: x509.ExtensionType) -> Authority:
    """The stack's new CA, below a policy CA with these extensions, below a root."""
    pki, roots = plane.pki, plane.pki.admin().cas.outside_roots
    root_key, policy_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root, policy = (x509.Name.from_rfc4514_string(f"CN=Outside {name}") for name in ("Root", "Policy CA"))
    csr = roots.request(NewAuthority("iss-local", "arn:second", "CN=Sub CA 1,O=Example")).csr_pem
    wanted = x509.load_pem_x509_csr(csr.encode())
    key = wanted.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    above = [
        _signed(policy, policy_key.public_key(), (root, root_key), pki, 1, added),
        _signed(root, root_key.public_key(), (root, root_key), pki, 2),
    ]
    made = _signed(wanted.subject, key, (policy, policy_key), pki, 0)
    chain = "".join(map(certificate_pem, above))
    return roots.install(SignedAuthority("iss-local", certificate_pem(made), chain))


@pytest.mark.parametrize(
    ("extension", "field", "why"),
    [
        (
            _OFFICE,
            "sans",
            "DNS:www.elsewhere.example is outside the names that CN=Outside Policy CA",
        ),
        (x509.ExtendedKeyUsage([Usage.CLIENT_AUTH]), "profile_id", "does not certify keys for serverAuth"),
        (_POLICIES, "issuer_id", "CN=Outside Policy CA demands a certificate policy"),
    ],
)
def test_what_a_ca_above_forbids_is_refused_at_the_request(
    plane: ControlPlane, extension: x509.ExtensionType, field: str, why: str
) -> None:
    under_an_outside_root(plane, extension)

    with pytest.raises(InvalidInput) as refused:
        plane.requested("www.elsewhere.example", id="refused")

    (problem,) = refused.value.problems
    assert (problem.field, why in problem.message) == (field, True)
    assert plane.stores.certificates.get("refused") is None


def test_what_the_cas_above_allow_is_issued(plane: ControlPlane) -> None:
    under_an_outside_root(plane, _OFFICE, _SERVERS)
    assert plane.issued("www.office.example").serial_number is not None


def test_a_renewal_is_refused_once_a_ca_above_forbids_it(plane: ControlPlane) -> None:
    certificate = plane.issued("www.elsewhere.example")
    under_an_outside_root(plane, _OFFICE)

    with pytest.raises(InvalidInput, match="refused"):
        plane.issuance.renew(ADMIN, certificate.id, csr_pem("www.elsewhere.example", [], new_key()))

    assert plane.certificate(certificate.id).open_job_id is None


def test_the_schedule_opens_no_job_for_it_and_its_alert_has_the_reason(plane: ControlPlane) -> None:
    certificate = plane.issued("www.elsewhere.example")
    under_an_outside_root(plane, _OFFICE)
    plane.pki.clock.advance(timedelta(days=171))

    assert plane.renew() == {"refused": 1}

    after = plane.certificate(certificate.id)
    assert (after.renewal_state, after.open_job_id) == (RenewalState.FAILED, None)
    assert "is outside the names that CN=Outside Policy CA may certify" in str(after.renewal_error)
    assert alerts_of(plane, certificate.id)


def test_a_campaigns_rekey_fails_with_the_reason(plane: ControlPlane) -> None:
    certificate = plane.issued("www.elsewhere.example")
    under_an_outside_root(plane, _OFFICE)
    wanted = NewCampaign(CampaignSelection(certificate_ids=(certificate.id,)), "superseded", confirm=1)
    campaign = plane.campaigns.start(ADMIN, wanted)

    plane.signing().process(campaign.job_id)

    (item,) = plane.campaigns.items(campaign.id, ItemFilter(), None, 10).records
    assert (item.state.value, plane.job(campaign.job_id).status) == ("failed", JobStatus.FAILED)
    assert "outside the names that CN=Outside Policy CA may certify" in str(item.error)


@pytest.mark.parametrize("name", ["8.8.8.8", "spiffe://bank.test/pay", "x@bank.test", "www.bank.test"])
def test_a_stack_with_permitted_domains_refuses_all_other_names_at_the_request(pki: Pki, name: str) -> None:
    pki.authority(replace(SETTINGS, permitted_domains=("example.com",))).initialize()

    with pytest.raises(InvalidInput) as refused:
        ControlPlane(pki).requested("www.example.com", sans=(name,))

    assert "is outside the names that CN=Test Issuing" in refused.value.reasons
    assert refused.value.reasons.endswith(": example.com")


def of_an_earlier_release(pki: Pki, parent_id: str | None) -> Authority:
    """A CA whose constraints say nothing of addresses and URIs."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name.from_rfc4514_string("CN=Issuing CA 1")
    domains = x509.NameConstraints([x509.DNSName("example.com"), x509.RFC822Name("example.com")], None)
    made = _signed(subject, key.public_key(), (subject, key), pki, 0, [domains])
    root = pki.authority().initialize().issuing
    return replace(root, certificate_pem=certificate_pem(made), chain_pem="", parent_id=parent_id)


@pytest.mark.parametrize("name", ["8.8.8.8", "spiffe://bank.test/pay"])
def test_a_ca_of_an_earlier_release_is_bound_to_its_domains_at_the_request(pki: Pki, name: str) -> None:
    chain = issuing_chain(of_an_earlier_release(pki, "ca-root"))
    inside, outside = (names_of("a.example.com", [each]) for each in ("spiffe://example.com/x", name))
    usages = (ExtendedKeyUsage.SERVER_AUTH,)

    problems = leaf_problems(chain, PlannedLeaf("a.example.com", outside, usages))

    assert leaf_problems(chain, PlannedLeaf("a.example.com", inside, usages)) == []
    assert [problem.field for problem in problems] == ["sans"]


def test_an_outside_root_decides_what_its_ca_may_certify(pki: Pki) -> None:
    chain = issuing_chain(of_an_earlier_release(pki, None))
    names = names_of("a.example.com", ["8.8.8.8", "spiffe://bank.test/pay"])
    assert leaf_problems(chain, PlannedLeaf("a.example.com", names, (ExtendedKeyUsage.SERVER_AUTH,))) == []
