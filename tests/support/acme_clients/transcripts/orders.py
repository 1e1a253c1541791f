"""From an order to its certificate, as Go's libraries do: both poll the URL in `Location`."""

import time
from collections.abc import Mapping
from typing import Any

import requests

from tests.support.acme_clients.raw import RawClient

_POLLS = 60


def ordered(client: RawClient, wanted: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """URL and content of a new order whose authorizations are valid at once."""
    answer = client.by_account(client.directory["newOrder"], wanted)
    assert answer.status_code == 201, answer.text
    order = answer.json()
    for url in order["authorizations"]:
        authorization = client.read(url)
        assert authorization.status_code == 200, authorization.text
        assert authorization.json()["status"] == "valid"
    return answer.headers["Location"], order


def finalized(client: RawClient, order: Mapping[str, Any], csr: str) -> str:
    """The PEM chain. The order is read at the `Location` of the answer to finalize."""
    answer = client.by_account(order["finalize"], {"csr": csr})
    assert answer.status_code == 200, answer.text
    found = _valid(client, answer)
    certificate = client.read(found["certificate"])
    assert certificate.status_code == 200, certificate.text
    assert certificate.headers["Content-Type"].startswith("application/pem-certificate-chain")
    return certificate.text


def _valid(client: RawClient, answer: requests.Response) -> Mapping[str, Any]:
    url = answer.headers["Location"]
    for _ in range(_POLLS):
        order: Mapping[str, Any] = answer.json()
        if order["status"] == "valid":
            return order
        assert order["status"] == "processing", order
        time.sleep(int(answer.headers.get("Retry-After", "1")))
        answer = client.read(url)
        assert answer.status_code == 200, answer.text
    raise AssertionError("the order did not become valid")
