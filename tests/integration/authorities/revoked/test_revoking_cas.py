"""An issuing CA is revoked: nothing below it is trusted any more, what came after it is."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
from cryptography import x509

from certctl.connectors.aws.objects import Objects
from certctl.crypto.authorities.facts import facts_of
from certctl.crypto.pem import certificate_pem, load_certificates
from certctl.domain.authorities.authorities import Authority, NewAuthority
from certctl.domain.authorities.revoked_cas import CA_REASONS, CaRevocationRequest
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from certctl.services.authorities.ca_revocation import RevokedCa
from certctl.store.authorities.items import AuthorityItem
from certctl.store.issuing.serials import SerialStore
from certctl.store.keys import AUTHORITY
from certctl.store.writes import update
from tests.integration.authorities.test_publishing_crls import der_of, issue, published
from tests.support.authorities.pki import BUCKET, Pki
from tests.support.functions.control_plane import ControlPlane
from tests.support.openssl import openssl, run_openssl

# together they take more than ten seconds
pytestmark = pytest.mark.slow


@pytest.fixture
def old(pki: Pki) -> Authority:
    """The CA that was rotated away from."""
    first = pki.authority().initialize().issuing
    pki.local_issuers().rotate(NewAuthority("iss-local", pki.new_key()))
    return replace(first, state=AuthorityState.RETIRING)


def revoke(pki: Pki, ca_id: str, reason: str = "caCompromise", **fields: Any) -> RevokedCa:
    found = pki.authorities.get(ca_id) or pki.authorities.get_retired(ca_id)
    serial = facts_of(found.certificate_pem).serial_number if found else "00"
    wanted = CaRevocationRequest(ca_id, reason, **{"confirm": serial} | fields)
    return pki.admin().cas.ca_revocation.revoke(wanted)


def number_of(revoked: RevokedCa) -> int:
    assert revoked.crl
    return revoked.crl.crl_number


def root_of(pki: Pki) -> Authority:
    return next(a for a in pki.authorities.all() if a.role == "root")


def active(pki: Pki) -> Authority:
    found = pki.authorities.active_issuing("iss-local")
    assert found
    return found


def verdict(pki: Pki, authority: Authority, leaf: x509.Certificate, folder: Path) -> str:
    """openssl's, by the CRLs of the root and of the CA, for one who trusts the root only."""
    crls = "".join(
        openssl("crl", "-inform", "DER", stdin=der_of(pki, each)) for each in (root_of(pki), authority)
    )
    files = {
        "crls.pem": crls,
        "root.pem": root_of(pki).certificate_pem,
        "ca.pem": authority.certificate_pem,
        "leaf.pem": certificate_pem(leaf),
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    options = ("-crl_check_all", "-CRLfile", folder / "crls.pem", "-untrusted", folder / "ca.pem")
    ran = run_openssl("verify", *options, "-CAfile", folder / "root.pem", folder / "leaf.pem")
    return (ran.stdout + ran.stderr).decode()


def test_openssl_trusts_no_leaf_of_a_revoked_ca_and_those_of_the_next_one(
    pki: Pki, old: Authority, tmp_path: Path
) -> None:
    before, after = issue(pki, old), issue(pki, active(pki))
    assert verdict(pki, old, before, tmp_path).strip().endswith("OK")

    revoke(pki, old.ca_id)

    assert "certificate revoked" in verdict(pki, old, before, tmp_path)
    assert verdict(pki, active(pki), after, tmp_path).strip().endswith("OK")


def test_the_root_s_crl_says_why_and_the_record_since_when(pki: Pki, old: Authority) -> None:
    revoked = revoke(pki, old.ca_id)

    text = openssl("crl", "-inform", "DER", "-noout", "-text", stdin=der_of(pki, root_of(pki)))
    assert text.count("Serial Number:") == 1
    assert "CA Compromise" in text
    assert published(pki, root_of(pki)).serials == {facts_of(old.certificate_pem).serial_number}
    assert published(pki, root_of(pki)).number == number_of(revoked)
    stored = pki.authorities.get(old.ca_id)
    assert stored == replace(
        old,
        revoked_at=pki.clock().replace(microsecond=0),
        revocation_reason="caCompromise",
        ocsp_revokes_all=True,
    )


def test_a_revoked_ca_leaves_the_bundle(pki: Pki, old: Authority) -> None:
    revoke(pki, old.ca_id)

    bundle = pki.objects.get("pki/bundle.pem")
    assert bundle
    subjects = [each.subject.rfc4514_string() for each in load_certificates(bundle.body.decode())]
    assert len(subjects) == 2  # the active CA and the root
    assert facts_of(old.certificate_pem).subject not in subjects


def test_a_revoked_ca_goes_on_publishing_its_crls(pki: Pki, old: Authority) -> None:
    revoke(pki, old.ca_id)
    pki.clock.advance(timedelta(hours=19))

    assert old.ca_id in {shard.ca_id for shard in pki.publishing().publish_due().published}


def test_a_second_revocation_changes_nothing_but_the_number_of_the_crl(pki: Pki, old: Authority) -> None:
    first = revoke(pki, old.ca_id)
    pki.clock.advance(timedelta(hours=1))

    again = revoke(pki, old.ca_id)

    assert again.authority == first.authority
    assert number_of(again) == number_of(first) + 1
    assert events(pki) == 1


def events(pki: Pki) -> int:
    rows = pki.database.client.scan(TableName="audit")["Items"]
    return sum('"action":"ca_revoked"' in row["event"]["S"] for row in rows)


def test_the_reason_can_only_become_a_compromise(pki: Pki, old: Authority) -> None:
    first = revoke(pki, old.ca_id, "superseded")
    with pytest.raises(Conflict, match="for superseded"):
        revoke(pki, old.ca_id, "cessationOfOperation")

    stronger = revoke(pki, old.ca_id, "caCompromise")

    compromised: dict[str, Any] = {"revocation_reason": "caCompromise", "ocsp_revokes_all": True}
    assert stronger.authority == replace(first.authority, **compromised)
    with pytest.raises(Conflict, match="for caCompromise"):
        revoke(pki, old.ca_id, "superseded")


@pytest.mark.parametrize("reason", ["", "certificateHold", "keyCompromise", "removeFromCRL", "cACompromise"])
def test_a_reason_that_no_ca_can_have_is_refused_with_those_that_it_can(
    pki: Pki, old: Authority, reason: str
) -> None:
    with pytest.raises(InvalidInput, match="reason") as refused:
        revoke(pki, old.ca_id, reason)
    assert all(allowed in str(refused.value) for allowed in CA_REASONS)


def test_the_ca_that_issues_is_rotated_first(pki: Pki, old: Authority) -> None:
    with pytest.raises(Conflict, match="rotate it first"):
        revoke(pki, active(pki).ca_id)
    assert published(pki, root_of(pki)).serials == frozenset()


def test_a_ca_that_is_begun_is_finished_first(pki: Pki, old: Authority) -> None:
    wanted = NewAuthority("iss-local", pki.new_key("arn:third"))
    with pytest.raises(Unavailable):
        pki.local_issuers(request_crls=lambda _: None).rotate(wanted)
    (pending,) = (a for a in pki.authorities.all() if a.state is AuthorityState.PENDING)

    with pytest.raises(Conflict, match="finish the rotation"):
        revoke(pki, pending.ca_id)


def test_neither_a_root_nor_an_unknown_ca_is_revoked(pki: Pki, old: Authority) -> None:
    with pytest.raises(Conflict, match="is a root"):
        revoke(pki, root_of(pki).ca_id)
    with pytest.raises(NotFound):
        revoke(pki, "ca-nobody")


@pytest.mark.parametrize("confirm", ["", "00", "iss-local"])
def test_its_serial_number_confirms_the_revocation(pki: Pki, old: Authority, confirm: str) -> None:
    with pytest.raises(InvalidInput, match="the serial number of") as refused:
        revoke(pki, old.ca_id, confirm=confirm)
    assert facts_of(old.certificate_pem).serial_number in str(refused.value)
    assert published(pki, root_of(pki)).serials == frozenset()


def test_a_ca_below_another_root_stops_issuing_and_that_root_is_named(pki: Pki, old: Authority) -> None:
    issuing = active(pki)
    key = AuthorityItem(AUTHORITY, issuing.ca_id)
    pki.database.write(update(key, [AuthorityItem.parent_id.remove()], AuthorityItem.id.exists()))

    revoked = revoke(pki, issuing.ca_id, force=True)

    assert revoked.crl is None
    assert revoked.revoker == facts_of(root_of(pki).certificate_pem).subject
    assert revoked.authority.state is AuthorityState.RETIRING
    assert pki.authorities.active_issuing("iss-local") is None
    assert published(pki, root_of(pki)).serials == frozenset()
    assert revoke(pki, issuing.ca_id).authority == revoked.authority


def test_with_force_the_ca_that_issues_is_revoked_and_nothing_is_issued(pki: Pki, old: Authority) -> None:
    issuing, plane = active(pki), ControlPlane(pki)

    revoked = revoke(pki, issuing.ca_id, force=True)

    assert published(pki, root_of(pki)).serials == {facts_of(issuing.certificate_pem).serial_number}
    assert revoked.authority.state is AuthorityState.RETIRING
    assert pki.authorities.active_issuing("iss-local") is None
    with pytest.raises(InvalidInput) as refused:
        plane.requested("other.example.com")
    assert "no issuer iss-local with an active CA" in str(refused.value.problems)
    pki.clock.advance(timedelta(hours=19))
    assert issuing.ca_id in {shard.ca_id for shard in pki.publishing().publish_due().published}


def test_after_force_deploys_and_the_root_s_crl_go_on_and_a_rotation_issues_again(
    pki: Pki, old: Authority
) -> None:
    issuing = active(pki)
    revoke(pki, issuing.ca_id, force=True)

    assert issuing.ca_id in pki.authority().initialize().waits_for
    pki.clock.advance(timedelta(days=20))
    assert pki.admin().cas.root_publication.keep_up().published

    made = pki.local_issuers().rotate(NewAuthority("iss-local", pki.new_key("arn:third")))
    assert (made.state, made.replaces) == (AuthorityState.ACTIVE, issuing.ca_id)
    assert pki.authority().initialize().waits_for == ""
    leaf = ControlPlane(pki).issued("www.example.com")
    assert leaf.serial_number
    assert SerialStore(pki.database).find_many(made.ca_id, [leaf.serial_number])


def test_a_rotation_follows_the_newest_of_revoked_cas_whenever_each_was_revoked(
    pki: Pki, old: Authority
) -> None:
    issuing = active(pki)
    revoke(pki, issuing.ca_id, force=True)
    pki.clock.advance(timedelta(hours=1))
    revoke(pki, old.ca_id)

    made = pki.local_issuers().rotate(NewAuthority("iss-local", pki.new_key("arn:third")))

    assert (made.state, made.replaces) == (AuthorityState.ACTIVE, issuing.ca_id)


def test_a_rotation_follows_the_last_of_the_line_of_cas_that_were_made_within_a_second(
    pki: Pki, old: Authority
) -> None:
    last = [pki.local_issuers().rotate(NewAuthority("iss-local", pki.new_key(f"arn:{n}"))) for n in range(3)][
        -1
    ]
    revoke(pki, last.ca_id, force=True)
    revoke(pki, old.ca_id)

    made = pki.local_issuers().rotate(NewAuthority("iss-local", pki.new_key("arn:next")))

    assert (made.state, made.replaces) == (AuthorityState.ACTIVE, last.ca_id)


def test_a_critical_alert_says_that_it_was_revoked_and_by_whose_crl(pki: Pki, old: Authority) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CERTCTL_CHANNELS", "Webhook.url=certctl/blue/channels/webhook")
        revoke(pki, old.ca_id)
        revoke(pki, old.ca_id)

    (alert,) = pki.database.client.scan(TableName="notifications")["Items"]
    assert alert["severity"]["S"] == "critical"
    assert old.ca_id in alert["subject"]["S"]
    assert facts_of(old.certificate_pem).issuer in alert["message"]["S"]


class _Silent(Objects):
    def put(self, *_: Any) -> NoReturn:
        raise Unavailable("S3 does not respond.")


def test_a_crl_that_could_not_be_published_follows_by_the_hourly_run(pki: Pki, old: Authority) -> None:
    revocation = pki.admin(objects=_Silent(pki.s3, BUCKET)).cas.ca_revocation
    serial = facts_of(old.certificate_pem).serial_number
    with pytest.raises(Unavailable):
        revocation.revoke(CaRevocationRequest(old.ca_id, "superseded", serial))

    pki.admin().cas.root_publication.keep_up()

    assert published(pki, root_of(pki)).serials == {facts_of(old.certificate_pem).serial_number}


def test_a_ca_that_has_retired_can_still_be_revoked(pki: Pki) -> None:
    pki.authority().initialize()
    plane = ControlPlane(pki)
    old = active(pki)
    pki.local_issuers().rotate(NewAuthority("iss-local", pki.new_key()))
    pki.clock.time = old.last_leaf_ends + timedelta(minutes=6)
    pki.publishing().publish_due()
    pki.clock.advance(timedelta(hours=73))
    assert _retired(plane) == (old.ca_id,)

    revoke(pki, old.ca_id, "superseded")

    stored = pki.authorities.get_retired(old.ca_id)
    assert stored
    assert (stored.state, stored.revocation_reason) == (AuthorityState.RETIRED, "superseded")


def test_a_ca_that_retires_stays_revoked(pki: Pki, old: Authority) -> None:
    revoke(pki, old.ca_id, "superseded")
    pki.clock.time = old.last_leaf_ends + timedelta(minutes=6)
    pki.publishing().publish_due()
    pki.clock.advance(timedelta(hours=73))

    assert _retired(ControlPlane(pki)) == (old.ca_id,)

    stored = pki.authorities.get_retired(old.ca_id)
    assert stored
    assert stored.revocation_reason == "superseded"


def _retired(plane: ControlPlane) -> tuple[str, ...]:
    from tests.integration.authorities.test_ca_upkeep import _upkeep

    return _upkeep(plane.pki).retired
