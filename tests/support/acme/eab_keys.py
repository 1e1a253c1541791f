"""EAB keys made directly in the store, with their service accounts."""

from dataclasses import dataclass
from typing import Any

from certctl import config
from certctl.connectors.acme.binding_macs import BindingMacs
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.subjects import Subject, SubjectKind, new_subject
from certctl.domain.acme.eab_keys import EabKey
from certctl.domain.base64url import to_base64url
from certctl.domain.ids import new_id
from certctl.store.access.subjects import SubjectStore
from certctl.store.acme.eab_keys import EabKeyStore
from tests.support.acme.gateway import AcmeGateway
from tests.support.acme.key_fields import an_eab_key
from tests.support.acme.raw import RawAcme
from tests.support.functions.deployed import Deployed

TEAM = "t-web"


@dataclass(frozen=True)
class HeldKey:
    """What the user of a client gets: the id, and the secret in base64url."""

    id: str
    secret: str


@dataclass(frozen=True)
class EabKeys:
    stack: Deployed

    def subject(self, *grants: Grant) -> Subject:
        """A service account's, an operator of the team unless grants are given."""
        given = grants or (Grant(Role.OPERATOR, (TEAM,)),)
        subject = new_subject(SubjectKind.SERVICE_ACCOUNT, given, self.stack.clock())
        self.stack.database.write(SubjectStore(self.stack.database).create_step(subject))
        return subject

    def made(self, subject: Subject | None = None, **changes: Any) -> EabKey:
        now, subject = self.stack.clock(), subject or self.subject()
        values: dict[str, Any] = {
            "id": new_id("eab", now),
            "name": "web servers",
            "service_account_id": subject.id,
            "team_id": TEAM,
            "names": ("DNS:**.web.example.com",),
        }
        key = an_eab_key(now, **values | changes)
        self.stack.database.transact(self.store.create_steps(key))
        return key

    def held(self, key: EabKey, generation: int | None = None) -> HeldKey:
        macs = BindingMacs(self.stack.clients["kms"], config.acme().binding_key_arn)
        secret = macs.mac_key(key.id, generation or key.generation, key.salt)
        return HeldKey(key.id, to_base64url(secret))

    def change(self, key: EabKey, **changes: Any) -> EabKey:
        changed = key.changed(self.stack.clock(), **changes)
        self.stack.database.transact(self.store.replace_steps(key, changed))
        return changed

    def client(self, key: EabKey, **payload: Any) -> RawAcme:
        """A client with an ACME account."""
        held, client = self.held(key), RawAcme(AcmeGateway(self.stack))
        response = client.bind(held.id, held.secret, **payload)
        assert response.status_code == 201, response.text
        return client

    def places_taken(self, key: EabKey) -> int:
        return self.store.places_taken([key.id]).get(key.id, 0)

    @property
    def store(self) -> EabKeyStore:
        return EabKeyStore(self.stack.database)
