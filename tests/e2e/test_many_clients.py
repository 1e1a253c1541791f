"""100 creates and revokes with eight clients at once: nothing fails, nothing is lost, counters are exact."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.journey import Journey
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.local.stack import wait_for

CERTIFICATES = 100
CLIENTS = 8
COUNTED = ("total_certificates", "revoked_certificates", "complete_jobs")


@pytest.mark.slow
@pytest.mark.timeout(300)  # it takes half a minute where nothing else runs
def test_nothing_is_lost_between_eight_clients(journey: Journey) -> None:
    before = journey.stack.get("/api/v1/stats/summary")

    with ThreadPoolExecutor(CLIENTS) as clients:
        ids = list(clients.map(lambda n: created(journey, n), range(CERTIFICATES)))
        serials = set(clients.map(lambda i: revoked(journey, i), ids))

    after = journey.stack.get("/api/v1/stats/summary")
    assert {name: after[name] - before[name] for name in COUNTED} == dict.fromkeys(COUNTED, CERTIFICATES)
    witness = journey.issued()
    wait_for(lambda: serials <= journey.all_serials(witness), "every serial in all.crl", 60)


def created(journey: Journey, number: int) -> str:
    name = f"load-{number}.example.com"
    body = {"common_name": name, "csr_pem": csr_pem(name, [], new_key())}
    answer = journey.stack.call("POST", "/api/v1/certificates", body)
    assert answer.status_code == 201, answer.text
    certificate_id: str = answer.json()["id"]
    return certificate_id


def revoked(journey: Journey, certificate_id: str) -> str:
    active: Any = journey.wait_for_status(certificate_id, "Active", 60)
    answer = journey.post(f"{certificate_id}/revoke", {"reason": "cessationOfOperation"})
    assert answer.status_code == 200, answer.text
    serial: str = active["serial_number"]
    return serial
