"""A CA is revoked on a local stack of its own: what real programs of relying parties see of it, over HTTP."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.e2e.journey import Issued, Journey
from tests.support.local.stack import LocalStack, started, wait_for
from tests.support.openssl import openssl, run_openssl
from tests.support.status.relying import ran, require, said_by
from tests.support.template import ROOT

pytestmark = pytest.mark.slow
_PROGRAMS = {"openssl", "certtool", "java"}


@pytest.fixture
def journey(tmp_path: Path) -> Iterator[Journey]:
    with started(tmp_path / "stack") as stack:
        yield Journey(stack, tmp_path)


@dataclass(frozen=True)
class Clients:
    """Programs that trust the root only, and know of the stack what is in certificates."""

    journey: Journey

    def refusals(self, issued: Issued) -> dict[str, str]:
        """What each program said that refuses the leaf."""
        said = {
            "openssl": self._openssl(issued),
            "certtool": self._certtool(issued),
            "java": self._java(issued),
        }
        return {program: text for program, text in said.items() if text}

    def takes_by_the_leaf_alone(self, issued: Issued) -> bool:
        return bool(self.journey.verify(issued, "-crl_check", "-crl_download").returncode == 0)

    def _openssl(self, issued: Issued) -> str:
        """OpenSSL looks for a CRL of the root too, which names none."""
        root, issuing = self.journey.trust(issued)
        crl = self.journey.folder / "root.crl"
        crl.write_text(self._crl_of(issuing))
        options = ("-crl_check_all", "-crl_download", "-CRLfile", crl, "-CAfile", root, "-untrusted", issuing)
        ran = run_openssl("verify", *options, issued.pem)
        return "" if ran.returncode == 0 else ran.stderr.decode()

    def _certtool(self, issued: Issued) -> str:
        require("certtool")
        folder = self.journey.folder
        root, issuing = self.journey.trust(issued)
        chain, crls = folder / "chain.pem", folder / "crls.pem"
        chain.write_text(issued.pem.read_text() + issuing.read_text())
        crls.write_text("".join(map(self._crl_of, (issued.pem, issuing))))
        trust = ("--load-ca-certificate", root, "--load-crl", crls)
        done = ran("certtool", "--verify", *trust, "--infile", chain)
        return done.stdout.decode() if done.returncode else ""

    def _java(self, issued: Issued) -> str:
        require("javac")
        source = ROOT / "tests/support/status/RevocationCheck.java"
        said = said_by("java", source, *self.journey.trust(issued), issued.pem, seconds=110)
        return "" if said == "good\n" else said

    def root_answers(self, issued: Issued, later: Issued) -> str:
        """What OCSP says of the CA of the first leaf. The CA of the second one names the URL: the stack's
        first CA is older than the root's responder."""
        _, newest = self.journey.trust(later)
        url = self.journey.url_in(newest, "OCSP - URI:")
        root, issuing = self.journey.trust(issued)
        ran = run_openssl("ocsp", "-issuer", root, "-cert", issuing, "-CAfile", root, "-url", url)
        assert b"Response verify OK" in ran.stderr, ran.stderr
        return ran.stdout.decode()

    def _crl_of(self, certificate: Path) -> str:
        text = openssl("x509", "-in", certificate, "-noout", "-ext", "crlDistributionPoints")
        answer = requests.get(text.partition("URI:")[2].split()[0], timeout=30)
        return openssl("crl", "-inform", "DER", stdin=answer.content)


def _invoked(stack: LocalStack, function: str, event: dict[str, Any]) -> Any:
    name = stack.outputs["functions"][function]
    answer = stack.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read())


def _rotate(stack: LocalStack) -> None:
    """To a new key, with the tag of `stacks/ca_key.yaml`. It fails while the next CA's URLs do not answer in
    public, and is repeated."""
    tags = [{"TagKey": "certctl:issuing-ca", "TagValue": "certctl-local"}]
    key = stack.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY", Tags=tags)
    event = {"action": "rotate", "key_arn": key["KeyMetadata"]["Arn"]}
    wait_for(lambda: _invoked(stack, "stack_admin", event).get("state") == "active", "the next CA", 200)


def _active(stack: LocalStack) -> str:
    cas = stack.get("/api/v1/authorities")["data"]
    (ca_id,) = [ca["ca_id"] for ca in cas if (ca["role"], ca["state"]) == ("issuing", "active")]
    return str(ca_id)


def _revoke(stack: LocalStack, ca_id: str, **fields: Any) -> Any:
    serial = stack.get(f"/api/v1/authorities/{ca_id}")["serial_number"]
    event = {"action": "revoke_ca", "ca_id": ca_id, "reason": "caCompromise", "confirm": serial}
    answer = _invoked(stack, "stack_admin", event | fields)
    assert answer.get("state") == "retiring", answer
    return answer


def _root_crl(url: str) -> str:
    answer = requests.get(url, timeout=30)
    return openssl("crl", "-inform", "DER", "-noout", "-text", stdin=answer.content)


@pytest.mark.timeout(900, func_only=True)
def test_clients_refuse_the_leaves_of_a_revoked_ca_and_nothing_more_comes_from_it(journey: Journey) -> None:
    stack, clients = journey.stack, Clients(journey)
    before, old = journey.issued(), _active(stack)
    _rotate(stack)
    after, new = journey.issued(), _active(stack)
    assert new != old
    assert (clients.refusals(before), clients.refusals(after)) == ({}, {})
    assert [": good" in clients.root_answers(each, after) for each in (before, after)] == [True, True]

    revoked = _revoke(stack, old)

    listed = _root_crl(revoked["root_crl_url"])
    assert revoked["serial_number"].upper() in listed
    assert "CA Compromise" in listed
    refusals = clients.refusals(before)
    assert set(refusals) == _PROGRAMS
    assert "error 23 at 1 depth lookup: certificate revoked" in refusals["openssl"]
    assert "The certificate chain is revoked" in refusals["certtool"]
    assert refusals["java"].startswith("REVOKED: ")
    assert clients.takes_by_the_leaf_alone(before)
    assert "Reason: cACompromise" in clients.root_answers(before, after)
    assert ": good" in clients.root_answers(after, after)
    assert clients.refusals(after) == {}
    assert _issuer_of(journey, journey.issued()) == new

    _revoke(stack, new, force=True)

    name = "nothing.example.com"
    refused = stack.call(
        "POST", "/api/v1/certificates", {"common_name": name, "csr_pem": journey.csr(name)[1].read_text()}
    )
    assert refused.status_code == 422, refused.text
    assert "no issuer iss-local with an active CA" in refused.text
    assert set(clients.refusals(after)) == _PROGRAMS


def _issuer_of(journey: Journey, issued: Issued) -> str:
    return journey.url_in(issued.pem, "CA Issuers - URI:").rpartition("/")[2].removesuffix(".crt")
