"""`certctl revocation`: revocations at external issuers, with what these confirmed."""

import json

from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Issuer
from certctl.domain.issuing.external_cas import RevocationState, external_ca_id
from certctl.domain.kinds import IssuerType
from tests.integration.client.conftest import Certctl
from tests.support.catalog.entries import entry, store_entry
from tests.support.client.stack import BridgedStack


def test_a_revocation_at_an_external_issuer_is_listed_with_what_that_confirmed(
    certctl: Certctl, stack: BridgedStack
) -> None:
    serial = revoked_at_an_acme_issuer(stack)

    (row,) = json.loads(certctl("revocation", "list", "--issuer", "iss-acme", "-o", "json").out)
    shown = certctl("revocation", "show", serial, "--issuer", "iss-acme").out
    table = certctl("revocation", "list", "--issuer", "iss-acme").out

    assert (row["serial_number"], row["crl_shard"]) == (serial, None)
    assert (row["issuer_revocation"], row["issuer_reason"]) == ("confirmed", "unspecified")
    assert "unspecified" in shown
    assert all(words in table for words in ("AT ISSUER", "confirmed", "REASON THERE", "unspecified"))


def revoked_at_an_acme_issuer(stack: BridgedStack) -> str:
    """The serial of a revocation that an ACME server has confirmed, for another reason."""
    pki, serial = stack.issuing.pki, "0acae0"
    config = {"directory_url": "https://acme.example.com/dir", "terms_of_service_agreed": True}
    store_entry(pki.database, entry(Kind.ISSUER, "iss-acme", pki.clock(), Issuer(IssuerType.ACME, config)))
    authority = pki.authorities.active_issuing("iss-local")
    assert authority is not None
    made = pki.revocation(
        authority,
        serial,
        "keyCompromise",
        ca_id=external_ca_id("iss-acme"),
        issuer_id="iss-acme",
        issuer_revocation=RevocationState.CONFIRMED,
        issuer_reason="unspecified",
    )
    pki.database.write(pki.revocations.add_step(made))
    return serial
