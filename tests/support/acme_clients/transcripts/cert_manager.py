"""cert-manager: `pkg/issuer/acme/setup.go`, `pkg/controller/acmeorders/sync.go`, and the fork of Go's
`x/crypto/acme` in `third_party/forked/acme`."""

from typing import Any

from tests.support.acme_clients.raw import Key, RawClient, csr, dns_names, new_key
from tests.support.acme_clients.sites import AcmeSite, Binding
from tests.support.acme_clients.transcripts.orders import finalized, ordered


def registered(site: AcmeSite, binding: Binding, key: Key | None = None) -> RawClient:
    """`Register`, and `GetReg` if the ACME account exists already: a controller that has started again sends
    both, the binding included."""
    client = RawClient.starting(site, key)
    wanted: dict[str, Any] = {
        "contact": ["mailto:ops@example.com"],
        "externalAccountBinding": client.bound(binding),
    }
    if "termsOfService" in client.directory.get("meta", {}):
        wanted["termsOfServiceAgreed"] = True
    answer = client.by_key("newAccount", wanted)
    assert answer.status_code in (200, 201), answer.text
    if answer.status_code == 200:
        answer = client.by_key("newAccount", {"onlyReturnExisting": True})
        assert answer.status_code == 200, answer.text
    client.account = answer.headers["Location"]
    return client


def known(site: AcmeSite, key: Key) -> RawClient:
    """A controller whose issuer is ready and that has started again: `accountKID` asks for the URL of the
    ACME account before anything else, without a binding."""
    client = RawClient.starting(site, key)
    answer = client.by_key("newAccount", {"onlyReturnExisting": True})
    assert answer.status_code == 200, answer.text
    client.account = answer.headers["Location"]
    return client


def issued(client: RawClient, *names: str) -> tuple[str, Key]:
    """The chain and its key: `createOrder`, `fetchMetadataForAuthorizations`, `finalizeOrder`, which reads
    the order once more before it sends the CSR."""
    url, _ = ordered(client, {"identifiers": dns_names(*names)})
    answer = client.read(url)
    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"
    key = new_key()
    return finalized(client, answer.json(), csr(key, *names)), key
