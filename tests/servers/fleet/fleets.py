"""All hosts of a fleet at work, and what clients of their web servers see."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import requests
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from tests.servers.fleet.members import Member
from tests.servers.fleet.record import Record
from tests.support.agents.process import wait_until
from tests.support.channels.receivers import Receiver
from tests.support.local.moved_clock import MovedClock
from tests.support.openssl import openssl, run_openssl

_POLLS = ("--max-poll-seconds", "45")
_VERIFIED = b"Verification: OK"


@dataclass(frozen=True)
class Served:
    """What a TLS handshake showed, and whether openssl trusts it for this name at the fleet's time."""

    serial_number: int
    is_trusted: bool


@dataclass(frozen=True)
class Fleet:
    """`members` by the kind of their web server; `root` is the stack's, as it is published."""

    clock: MovedClock
    alerts: Receiver
    members: Mapping[str, Member]
    root: Path
    record: Record

    def __getitem__(self, kind: str) -> Member:
        return self.members[kind]

    def served(self, member: Member) -> Served:
        web = member.web
        shown = run_openssl(
            "s_client",
            *("-connect", f"127.0.0.1:{web.endpoint.port}", "-servername", web.name),
            *("-verify_hostname", web.name, "-CAfile", self.root),
            *("-attime", int(self.clock.now().timestamp())),
        ).stdout
        leaf = x509.load_pem_x509_certificate(shown)
        return Served(leaf.serial_number, _VERIFIED in shown)

    def others(self, member: Member) -> list[Member]:
        return [each for each in self.members.values() if each is not member]

    def told(self, member: Member, subject: str) -> list[Any]:
        """What came to the receiver of alerts with this in its subject."""
        bodies = (json.loads(each.body) for each in self.alerts.received)
        return [
            body
            for body in bodies
            if body["data"]["certificate"]["common_name"] == member.web.name
            and subject in body["data"]["subject"]
        ]

    def saw(self, step: str, *members: Member, also: str = "") -> None:
        """Records what each member serves: the beginning of the serial number."""
        seen = [f"{each.web.kind} serves {self.served(each).serial_number:040x}"[:-32] for each in members]
        self.record.saw(step, ", ".join([*seen, also] if also else seen))


def _started_since(member: Member, starts: int) -> bool:
    return member.host.starts > starts


@contextmanager
def at_work(*members: Member) -> Iterator[None]:
    """`certctl agent run` on each host, in its loop, polling as with work; ended by SIGTERM."""
    starts = [each.host.starts for each in members]
    with ExitStack() as running:
        agents = [running.enter_context(each.host.running(*_POLLS)) for each in members]
        for each, before in zip(members, starts, strict=True):
            what = f"{each.web.kind}'s agent does not start"
            wait_until(partial(_started_since, each, before), what)
        yield
        for agent in agents:
            agent.terminate()
        codes = [agent.wait(60) for agent in agents]
    assert codes == [0] * len(agents)


def published_root(member: Member, folder: Path) -> Path:
    """The root, fetched from the address in the certificate of the leaf's issuer."""
    path = f"/api/v1/certificates/{member.certificate_id}/export/pem"
    issuing = x509.load_pem_x509_certificates(member.people.stack.call("GET", path).content)[-1]
    described = issuing.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    (access,) = (each for each in described if each.access_method == AuthorityInformationAccessOID.CA_ISSUERS)
    der, pem = folder / "root.crt", folder / "root.pem"
    der.write_bytes(requests.get(access.access_location.value, timeout=30).content)
    openssl("x509", "-inform", "DER", "-in", der, "-out", pem)
    return pem
