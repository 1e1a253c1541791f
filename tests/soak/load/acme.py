"""ACME clients: an account each by an EAB key, orders, downloads; one certificate in four is revoked by its
client."""

from pathlib import Path
from typing import Any

import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from tests.soak.load.actors import Actor
from tests.support.acme_clients.raw import RawClient, csr, der_of, dns_names, new_key
from tests.support.acme_clients.sites import AcmeSite, Binding

_TRIES = 60


def order(actor: Actor) -> None:
    """From newOrder to the download. What a kill cuts off is given up, as by a client that will be run
    again."""
    client = actor.memory.get("client") or _registered(actor)
    if client is None:
        return
    actor.memory["client"] = client
    name = f"{actor.label()}.web.example.com"
    key = new_key()
    try:
        chain = _ordered(actor, client, name, key)
    except (requests.RequestException, KeyError, ValueError, AssertionError):
        actor.caller.tally.add("acme_given_up")
        return
    if not chain:
        actor.caller.tally.add("acme_given_up")
        return
    serial = f"{x509.load_pem_x509_certificates(chain.encode())[0].serial_number:x}"
    actor.journal.note("acme", name=name, serial=serial, account=client.account.rpartition("/")[2])
    actor.caller.tally.add("acme_issued")
    if actor.rng.random() < 0.25:
        _revoke(actor, client, name, chain)


def _registered(actor: Actor) -> RawClient | None:
    binding = _binding(actor)
    if binding is None:
        return None
    directory, root = actor.memory["directory"], Path(actor.memory["root"])
    # Names are trusted: no DNS, no ports of challenges.
    site = AcmeSite(directory, root, 0, 0, None)  # type: ignore[arg-type]  # asked for by challenges only
    try:
        client = RawClient.starting(site)
        body = {"termsOfServiceAgreed": True, "externalAccountBinding": client.bound(binding)}
        made = client.by_key("newAccount", body)
    except (requests.RequestException, AssertionError):
        return None
    if made.status_code not in (200, 201):
        return None
    client.account = made.headers["Location"]
    actor.journal.note("acme_account", id=client.account.rpartition("/")[2])
    return client


def _binding(actor: Actor) -> Binding | None:
    if "binding" in actor.memory:
        kept: Binding = actor.memory["binding"]
        return kept
    label = actor.label()
    grants = [{"role": "operator", "teams": ["t-default"]}]
    wanted = {"name": label, "team_id": "t-default", "grants": grants}
    account = actor.create("/api/v1/service-accounts", wanted, f"{label}-account")
    if not account.is_good:
        return None
    body = {"name": label, "service_account_id": account.body["id"], "max_accounts": None}
    named = body | {"names": ["DNS:**.web.example.com"], "authorization": "trusted"}
    made = actor.create("/api/v1/acme/eab-keys", named, f"{label}-key")
    if not made.is_good:
        return None
    binding = Binding(made.body["id"], made.body["hmac_key"])
    actor.memory["binding"] = binding
    return binding


def _ordered(actor: Actor, client: RawClient, name: str, key: ec.EllipticCurvePrivateKey) -> str:
    made = client.by_account(client.directory["newOrder"], {"identifiers": dns_names(name)})
    if made.status_code != 201:
        return ""
    url, record = made.headers["Location"], made.json()
    finalize = record["finalize"]
    for _ in range(_TRIES):
        if record.get("status") == "ready":
            client.by_account(finalize, {"csr": csr(key, name)})
        if record.get("status") in ("valid", "invalid") or actor.stopping.wait(1):
            break
        record = _read(client, url)
    if record.get("status") != "valid":
        return ""
    downloaded = client.read(record["certificate"])
    return downloaded.text if downloaded.status_code == 200 else ""


def _read(client: RawClient, url: str) -> dict[str, Any]:
    """The order; empty if a process was killed: the caller reads it again."""
    found = client.read(url)
    return found.json() if found.status_code == 200 else {}


def _revoke(actor: Actor, client: RawClient, name: str, chain: str) -> None:
    payload = {"certificate": der_of(chain), "reason": 4}
    try:
        revoked = client.by_account(client.directory["revokeCert"], payload)
    except (requests.RequestException, AssertionError):
        return
    if revoked.status_code == 200:
        actor.journal.note("acme_revoke", name=name)
