"""Keys that are made on the host: once for each job, with its names, kept as long as they may be needed."""

import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from certctl_client.agent.certificate_keys import CertificateKeys
from certctl_client.agent.errors import WorkRefused
from certctl_client.agent.state import open_state
from certctl_client.agent.wire import KeyWish, Work
from tests.support.agents.ca import AgentCa


@pytest.fixture
def keys(tmp_path: Path) -> CertificateKeys:
    return CertificateKeys(open_state(tmp_path / "state"))


def _work(job_id: str = "job-1", key: KeyWish | None = None, *sans: str) -> Work:
    names = sans or ("DNS:www.example.com", "IP:10.0.0.1")
    return Work(job_id, "Issuance", "AwaitingCSR", "mc-1", "www.example.com", names, key or KeyWish())


def _leaf(ca: AgentCa, csr: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(ca.issue_for_request(csr).certificate_pem.encode())


def test_a_request_has_the_names_of_the_job_and_a_key_on_p_256(keys: CertificateKeys) -> None:
    csr = x509.load_pem_x509_csr(keys.request_for(_work()).encode())

    names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == ["www.example.com", "10.0.0.1"]
    assert csr.subject.rfc4514_string() == "CN=www.example.com"
    assert isinstance(csr.public_key(), ec.EllipticCurvePublicKey)


def test_the_same_job_has_the_same_request_whenever_it_is_asked_for(keys: CertificateKeys) -> None:
    assert keys.request_for(_work()) == keys.request_for(_work())
    assert keys.request_for(_work("job-2")) != keys.request_for(_work())


@pytest.mark.parametrize(
    ("wish", "kind"),
    [
        (KeyWish("ECDSA", 384), ec.EllipticCurvePublicKey),
        (KeyWish("RSA", 2048), rsa.RSAPublicKey),
        (KeyWish("Ed25519", None), ed25519.Ed25519PublicKey),
    ],
)
def test_a_key_is_of_the_kind_that_the_job_wants(
    keys: CertificateKeys, wish: KeyWish, kind: type[object]
) -> None:
    assert isinstance(
        x509.load_pem_x509_csr(keys.request_for(_work("job-1", wish)).encode()).public_key(), kind
    )


@pytest.mark.parametrize("work", [_work("job-1", KeyWish("RSA", 1024)), _work("job-1", None, "XMPP:a@b")])
def test_what_cannot_be_asked_for_is_refused(keys: CertificateKeys, work: Work) -> None:
    with pytest.raises(WorkRefused):
        keys.request_for(work)


def test_files_and_directories_are_the_agent_s_alone(keys: CertificateKeys) -> None:
    keys.request_for(_work())

    modes = {
        stat.S_IMODE(path.stat().st_mode) for path in keys.state.certificates.rglob("*") if path.is_file()
    }
    assert modes == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys.state.path.iterdir()} == {0o700}


def test_keys_of_the_version_in_use_and_of_three_before_it_are_kept(keys: CertificateKeys) -> None:
    ca = AgentCa()
    leaves = [
        _leaf(ca, keys.request_for(_work(f"job-{number}", None, "DNS:www.example.com")))
        for number in range(6)
    ]

    keys.drop_before("mc-1", leaves[4])

    assert [keys.key_pem_of("mc-1", leaf)[:10] for leaf in leaves[1:]] == [b"-----BEGIN"] * 5
    with pytest.raises(WorkRefused, match="not on this host"):
        keys.key_pem_of("mc-1", leaves[0])


def test_the_key_of_a_request_that_was_refused_goes_and_those_of_others_stay(keys: CertificateKeys) -> None:
    refused, other = keys.request_for(_work()), keys.request_for(_work("job-2"))

    keys.drop(_work())

    assert keys.request_for(_work()) != refused
    assert keys.request_for(_work("job-2")) == other
