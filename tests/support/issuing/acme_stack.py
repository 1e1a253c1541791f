"""The local stack with a real ACME server as issuer: requests over HTTP, and the zones' DNS."""

import json
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.pebble import Pebble
from tests.support.local.stack import LocalStack, wait_for

CHALLENGES = "/.well-known/acme-challenge/"
_SECONDS = 60
_AT_ONCE = 4  # the concurrent calls that local/front.py admits
_SYNC_SECONDS = 0.2


@dataclass(frozen=True)
class AcmeStack:
    stack: LocalStack
    pebble: Pebble

    def warmed(self) -> "AcmeStack":
        """Starts as many concurrent responses to challenges as the front door admits: on a busy machine,
        those of functions that must start first would be too late for the server."""
        ask = partial(self.stack.call, "GET", f"{CHALLENGES}none", key=None)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for asked in [pool.submit(ask) for _ in range(_AT_ONCE)]:
                assert asked.result().status_code == HTTPStatus.NOT_FOUND
        return self

    def issuer(self, **config: Any) -> str:
        """Returns its id; `config` is added to the settings that reach the server."""
        reached = {
            "directory_url": self.pebble.directory_url,
            "terms_of_service_agreed": True,
            "ca_bundle": self.pebble.identity.certificate_pem,
        }
        body = {"name": f"Pebble {uuid4().hex[:8]}", "type": "ACME", "config": reached | config}
        answer = self.stack.call("POST", "/api/v1/issuers", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def requested(self, issuer_id: str, *names: str) -> Mapping[str, Any]:
        """The response to `POST /certificates`."""
        request = csr_pem(names[0], names, new_key())
        body = {"common_name": names[0], "sans": list(names), "issuer_id": issuer_id, "csr_pem": request}
        answer = self.stack.call("POST", "/api/v1/certificates", body)
        assert answer.status_code == 201, answer.text
        made: Mapping[str, Any] = answer.json()
        return made

    def issued(self, issuer_id: str, *names: str) -> Any:
        return self.active(self.requested(issuer_id, *names)["id"])

    def active(self, certificate_id: str, other_than: str | None = None) -> Any:
        """The record, once it is Active with a serial that is another than this one."""

        def found() -> Any:
            record = self.stack.get(f"/api/v1/certificates/{certificate_id}")
            assert record["status"] != "Failed", self.errors(certificate_id)
            is_done = record["status"] == "Active" and record["serial_number"] != other_than
            return record if is_done else None

        return wait_for(found, f"{certificate_id} Active", _SECONDS)

    def renewed(self, record: Mapping[str, Any]) -> Any:
        request = csr_pem(record["common_name"], [record["common_name"]], new_key())
        path = f"/api/v1/certificates/{record['id']}/renew"
        answer = self.stack.call("POST", path, {"csr_pem": request})
        assert answer.status_code == 202, answer.text
        return self.active(record["id"], record["serial_number"])

    def versions(self, certificate_id: str) -> Any:
        return self.stack.get(f"/api/v1/certificates/{certificate_id}/versions")["data"]

    def told(self, certificate_id: str) -> Any:
        """The versions, once the issuer has confirmed their revocations."""

        def settled() -> Any:
            found = self.versions(certificate_id)
            return found if all(v.get("issuer_revocation") != "pending" for v in found) else None

        return wait_for(settled, "the issuer's word", _SECONDS)

    def errors(self, certificate_id: str) -> list[str]:
        jobs = self.stack.get("/api/v1/jobs", params={"certificate_id": certificate_id})["data"]
        return [job["last_error"] for job in jobs if job["last_error"]]

    def progress(self, job_id: str) -> Mapping[str, Any]:
        """The progress of the order, which the API does not show."""
        table, key = self.stack.outputs["tables"]["jobs"], {"job_id": {"S": job_id}}
        row = self.stack.client("dynamodb").get_item(TableName=table, Key=key)["Item"]
        progress: Mapping[str, Any] = json.loads(row.get("issuer_progress", {}).get("S", "{}"))
        return progress

    @contextmanager
    def hosted_zone(self, domain: str) -> Iterator[str]:
        """The id of a zone whose current TXT records the ACME server's DNS returns."""
        route53 = self.stack.client("route53")
        made = route53.create_hosted_zone(Name=domain, CallerReference=uuid4().hex)
        zone_id = str(made["HostedZone"]["Id"]).removeprefix("/hostedzone/")
        stopping = threading.Event()
        following = threading.Thread(target=self._follow, args=(route53, zone_id, stopping), daemon=True)
        following.start()
        try:
            yield zone_id
        finally:
            stopping.set()
            following.join(5)

    def _follow(self, route53: Any, zone_id: str, stopping: threading.Event) -> None:
        known: dict[str, list[str]] = {}
        while not stopping.wait(_SYNC_SECONDS):
            now = txt_records(route53, zone_id)
            for name in known | now:
                if known.get(name) != now.get(name):
                    self.pebble.set_txt(name, now.get(name, []))
            known = now


def txt_records(route53: Any, zone_id: str) -> dict[str, list[str]]:
    sets = route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    return {
        s["Name"]: [record["Value"].strip('"') for record in s["ResourceRecords"]]
        for s in sets
        if s["Type"] == "TXT"
    }
