"""Traefik: `pkg/provider/acme/provider.go` and `provider_acme_renewal.go`, with lego's `certificate` and
`registration`."""

import requests
from cryptography import x509
from josepy.b64 import b64encode

from tests.support.acme_clients.raw import Key, RawClient, csr, dns_names
from tests.support.acme_clients.sites import AcmeSite, Binding
from tests.support.acme_clients.transcripts.orders import finalized, ordered


def registered(site: AcmeSite, binding: Binding) -> RawClient:
    """`RegisterWithExternalAccountBinding`: the terms are agreed to without being read."""
    client = RawClient.starting(site)
    wanted = {
        "termsOfServiceAgreed": True,
        "contact": ["mailto:ops@example.com"],
        "externalAccountBinding": client.bound(binding),
    }
    answer = client.by_key("newAccount", wanted)
    assert answer.status_code == 201, answer.text
    client.account = answer.headers["Location"]
    return client


def issued(client: RawClient, key: Key, *names: str, replaces: str = "") -> str:
    """The chain. Every renewal has the key of the first certificate; `replaces` is what it sends if renewal
    information said that it is time."""
    wanted = {"identifiers": dns_names(*names)} | ({"replaces": replaces} if replaces else {})
    _, order = ordered(client, wanted)
    return finalized(client, order, csr(key, *names))


def cert_id(chain: str) -> str:
    """`MakeARICertID`: the key identifier of the issuer and the serial number (RFC 9773, section 4.1)."""
    leaf = x509.load_pem_x509_certificates(chain.encode())[0]
    issuer = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    serial = leaf.serial_number.to_bytes(leaf.serial_number.bit_length() // 8 + 1, "big")
    return f"{b64encode(issuer or b'').decode()}.{b64encode(serial).decode()}"


def renewal_information(client: RawClient, cert_id: str) -> requests.Response:
    url = f"{client.directory['renewalInfo']}/{cert_id}"
    return requests.get(url, verify=str(client.site.trusted), timeout=30)
