"""The steps of `make smoke`, in order; one that needs the result of a failed step fails with that reason."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from deploy import stack as stacks
from deploy.administering import invoke
from deploy.alongside import ca_keys
from deploy.errors import DeployError
from deploy.smoke import certificates
from deploy.smoke.alerts import Receiver, receiver
from deploy.smoke.certificates import Issued
from deploy.smoke.place import Place
from deploy.smoke.tools import Api, wait_for

Step = tuple[str, Callable[[], None]]
# A deletion waits 2 minutes for those who remember the record.
_DELETION_SECONDS = 420
_ISSUER = "iss-local"
"""What a request and a rotation mean that name no issuer."""


@dataclass
class Tour:
    """`undo` removes what the tour made, whether it passed or not."""

    place: Place
    folder: Path
    undo: ExitStack
    name: str = field(default_factory=lambda: f"smoke-{uuid4().hex[:8]}")
    _made: dict[str, Any] = field(default_factory=dict)

    @property
    def api(self) -> Api:
        return Api(self.place.api_url, self.place.api_key)

    def steps(self, *, rotates: bool, mail: tuple[str, str] | None) -> Iterator[Step]:
        """The deletion waits before the revocation, so that every function knows the channel by then."""
        yield "the API is healthy and ready", self.look
        yield "catalog: a team, and an owner that is deleted", self.fill_catalog
        yield "channel: SNS topic, tested", self.add_channel
        yield "certificate: requested and issued", self.issue
        yield "chain verified by openssl", self.verify
        yield "CRL over plain http, signature verified", self.fetch_crl
        yield "catalog deletion finished by maintenance_schedule", self.finish_deletion
        yield "revocation", self.revoke
        yield "CRL lists the revoked certificate", self.see_revocation
        yield "alert of the revocation delivered", self.see_alert
        if self.place.acme:
            yield "ACME server: directory and nonce", self.place.acme.look
        if mail:
            yield f"mail by SES to {mail[1]}", lambda: self.send_mail(*mail)
        if rotates:
            yield "CA rotated, and a certificate issued by the new one", self.rotate

    def look(self) -> None:
        for path in ("/health", "/ready"):
            self.api.call("GET", path)

    def fill_catalog(self) -> None:
        names = [f"DNS:*.{self.place.domain}"]
        team = {"id": self.name, "name": self.name, "email": "smoke@example.com", "allowed_names": names}
        self._made["team"] = self.api.call("POST", "/api/v1/teams", team)["id"]
        self._undo_by_api(f"/api/v1/teams/{self.name}")
        self.api.call("POST", "/api/v1/owners", self._owner)
        self.api.call("DELETE", f"/api/v1/owners/{self.name}")
        self._made["deletion"] = True

    @property
    def _owner(self) -> dict[str, Any]:
        return {"id": self.name, "name": self.name, "email": "smoke@example.com"}

    def _undo_by_api(self, path: str) -> None:
        def delete() -> None:
            with suppress(DeployError):  # what is not there needs no cleaning up
                self.api.call("DELETE", path)

        self.undo.callback(delete)

    def add_channel(self) -> None:
        team = self._need("team", "there is no team")
        made = self.undo.enter_context(receiver(self.place.target.session, self.name))
        self._add_channel(self.name, "SNS", {"topic_arn": made.topic})
        rule = f"/api/v1/notifications/routing/team:{team}"
        self.api.call("PUT", rule, {"routes": [{"channels": [self.name]}]})
        self._undo_by_api(rule)
        self._made["receiver"] = made

    def _add_channel(self, channel_id: str, kind: str, settings: dict[str, str]) -> None:
        body = {"id": channel_id, "kind": kind, "settings": settings}
        self.api.call("POST", "/api/v1/channels", body)
        self._undo_by_api(f"/api/v1/channels/{channel_id}")
        tested = self.api.call("POST", f"/api/v1/channels/{channel_id}/test")
        if tested["outcome"] not in ("delivered", "accepted"):
            raise DeployError(f"its test: {tested['outcome']} {tested['error']}")

    def issue(self) -> None:
        self._made["certificate"] = self._issued(f"www-{self.name}")

    def _issued(self, label: str) -> Issued:
        team: str = self._need("team", "there is no team")
        name = f"{label}.{self.place.domain}"
        return certificates.issue(self.api, name, team, self.folder)

    def verify(self) -> None:
        certificates.verify_chain(self._certificate, self.folder)

    def fetch_crl(self) -> None:
        if self._certificate.serial in certificates.crl_serials(self._certificate, self.folder):
            raise DeployError("the CRL lists a certificate that is not revoked")

    def finish_deletion(self) -> None:
        """Waits until maintenance_schedule has taken the record away: then its name is free again."""
        self._need("deletion", "nothing was deleted")
        wait_for(self._finish_deletion, "the end of the deletion", _DELETION_SECONDS)
        self._undo_by_api(f"/api/v1/owners/{self.name}")

    def _finish_deletion(self) -> bool | None:
        invoke(self.place.target, self.place.functions["maintenance_schedule"], {})
        answer = self.api.send("POST", "/api/v1/owners", self._owner)
        if answer.status not in (201, 409):
            raise DeployError(f"POST /api/v1/owners: {answer.status} {answer.body.decode()[:300]}")
        return True if answer.status == 201 else None

    def revoke(self) -> None:
        path = f"/api/v1/certificates/{self._certificate.id}/revoke"
        self.api.call("POST", path, {"reason": "superseded"})
        self._made["revoked"] = True

    def see_revocation(self) -> None:
        self._need("revoked", "nothing was revoked")
        certificates.wait_until_revoked(self._certificate, self.folder)

    def see_alert(self) -> None:
        self._need("revoked", "nothing was revoked")
        made: Receiver = self._need("receiver", "there is no receiver")
        made.wait_for("Revocation", self._certificate.name)

    def send_mail(self, sender: str, recipient: str) -> None:
        settings = {"transport": "ses", "from_address": sender, "to": recipient}
        self._add_channel(f"{self.name}-mail", "Email", settings)

    def rotate(self) -> None:
        """Permanent: the new CA stays, and its key."""
        before = self._certificate.issuer_name
        event = {"action": "rotate", "key_arn": self._new_ca_key()}
        answer = invoke(self.place.target, self.place.functions["stack_admin"], event)
        if answer["state"] != "active":
            raise DeployError(f"the new CA is {answer['state']}: repeat the rotation with {event['key_arn']}")
        issued = self._issued(f"new-ca-{self.name}")
        certificates.verify_chain(issued, self.folder)
        if issued.issuer_name == before:
            raise DeployError(f"the certificate still comes from {before}")
        self.api.call("POST", f"/api/v1/certificates/{issued.id}/revoke", {"reason": "superseded"})

    def _new_ca_key(self) -> str:
        """Makes a key by the stack that an operator would make for it; its deletion keeps the key. The
        spec is that of the active CA's key: the CA may be in another hierarchy than the stack's first one."""
        target, wish = self.place.target, ca_keys.Wish(spec=self._active_ca()["key_spec"])
        return ca_keys.make(target, stacks.require(target), f"{target.stack}-ca-{self.name}", wish)

    def _active_ca(self) -> dict[str, Any]:
        listed = self.api.call("GET", "/api/v1/authorities")["data"]
        issuing = [each for each in listed if (each["role"], each["state"]) == ("issuing", "active")]
        found = [each for each in issuing if each["issuer_id"] == _ISSUER]
        if not found:
            raise DeployError(f"{_ISSUER} has no active CA")
        first: dict[str, Any] = found[0]
        return first

    @property
    def _certificate(self) -> Issued:
        issued: Issued = self._need("certificate", "no certificate was issued")
        return issued

    def _need(self, name: str, otherwise: str) -> Any:
        if name not in self._made:
            raise DeployError(f"not tried: {otherwise}")
        return self._made[name]
