"""`certctl crl bundle`: the files of a server that verifies clients."""

import json
from pathlib import Path

import pytest
from cryptography import x509

from certctl.domain.authorities.authorities import Authority, NewAuthority, object_key
from certctl_client.crl.bundles import crls_in
from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.agents.ca import AgentCa
from tests.support.authorities.pki import BUCKET
from tests.support.client.stack import BridgedStack


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def _of_role(stack: BridgedStack, role: str) -> Authority:
    return next(each for each in stack.issuing.pki.authorities.all() if each.role == role)


def _bundled(certctl: Certctl, folder: Path, *options: str) -> int:
    files = ("--out", str(folder / "crls.pem"), "--ca-out", str(folder / "cas.pem"))
    return certctl("crl", "bundle", *files, *options).code


def _subjects(folder: Path) -> set[str]:
    found = x509.load_pem_x509_certificates((folder / "cas.pem").read_bytes())
    return {each.subject.rfc4514_string() for each in found}


def test_a_bundle_has_the_complete_crl_of_each_ca_and_of_the_root(
    certctl: Certctl, stack: BridgedStack, folder: Path
) -> None:
    pki = stack.issuing.pki
    pki.new_key("arn:second")
    pki.local_issuers().rotate(NewAuthority("iss-local", "arn:second"))
    files = ("--out", str(folder / "crls.pem"), "--ca-out", str(folder / "cas.pem"))

    ran = certctl("crl", "bundle", *files, "-o", "json")

    assert ran.code == ExitCode.OK, ran.err
    crls = crls_in((folder / "crls.pem").read_bytes())
    assert len(crls) == 3
    assert {crl.document.issuer.rfc4514_string() for crl in crls} == _subjects(folder)
    assert all(not crl.scope_urls for crl in crls)
    assert json.loads(ran.out)["missing"] == []
    assert (folder / "cas.pem").stat().st_mode & 0o777 == 0o644


def test_a_crl_that_cannot_be_read_leaves_the_files_as_they_are(
    certctl: Certctl, stack: BridgedStack, folder: Path
) -> None:
    assert _bundled(certctl, folder) == ExitCode.OK
    before = (folder / "crls.pem").read_bytes()
    pki = stack.issuing.pki
    pki.s3.delete_object(Bucket=BUCKET, Key=object_key(_of_role(stack, "root").crl_url))

    code = _bundled(certctl, folder)

    assert code not in (ExitCode.OK, ExitCode.USAGE)
    assert (folder / "crls.pem").read_bytes() == before


def test_a_crl_that_does_not_verify_is_refused(certctl: Certctl, stack: BridgedStack, folder: Path) -> None:
    pki, root = stack.issuing.pki, _of_role(stack, "root")
    issuing = _of_role(stack, "issuing")
    other = pki.objects.get(object_key(issuing.all_crl_url or ""))
    assert other
    pki.s3.put_object(Bucket=BUCKET, Key=object_key(root.crl_url), Body=other.body)

    code = _bundled(certctl, folder)

    assert code == ExitCode.NOT_INTACT
    assert list(folder.iterdir()) == []


def test_an_older_crl_does_not_replace_a_newer_one(
    certctl: Certctl, stack: BridgedStack, folder: Path
) -> None:
    pki, issuing = stack.issuing.pki, _of_role(stack, "issuing")
    place = object_key(issuing.all_crl_url or "")
    older = pki.objects.get(place)
    assert older
    pki.revoke(issuing, "0a01")
    pki.publishing().publish_due()
    assert _bundled(certctl, folder) == ExitCode.OK
    pki.s3.put_object(Bucket=BUCKET, Key=place, Body=older.body)

    assert _bundled(certctl, folder) == ExitCode.OK

    assert any(crl.entry("0a01") for crl in crls_in((folder / "crls.pem").read_bytes()))


def test_a_chain_without_the_pinned_ca_is_refused(
    certctl: Certctl, stack: BridgedStack, folder: Path
) -> None:
    assert _bundled(certctl, folder) == ExitCode.OK
    pinned, other = folder / "root.pem", folder / "other.pem"
    pinned.write_text(_of_role(stack, "root").certificate_pem)
    other.write_text(AgentCa().chain_pem)

    codes = [_bundled(certctl, folder, "--ca", str(path)) for path in (pinned, other)]

    assert codes == [ExitCode.OK, ExitCode.NOT_INTACT]


def test_two_files_have_two_names(certctl: Certctl, folder: Path) -> None:
    path = str(folder / "both.pem")

    assert certctl("crl", "bundle", "--out", path, "--ca-out", path).code == ExitCode.USAGE
