"""What authentication reads: a credential and its subject."""

import json

from certctl.domain.access.api_keys import Credential
from certctl.domain.access.credentials import PresentedCredential
from certctl.domain.access.subjects import Subject
from certctl.domain.catalog.record_kinds import Kind
from certctl.store.access.items import CredentialItem
from certctl.store.access.subjects import SubjectStore, subject_in
from certctl.store.catalog.items import CatalogItem
from certctl.store.database import Database
from certctl.store.items import SubjectItem
from certctl.store.keys import subject_key
from certctl.store.mapping import to_record

_KEY = "key_hash"


class CredentialStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._subjects = SubjectStore(database)

    def find(self, presented: PresentedCredential) -> tuple[Credential, Subject | None] | None:
        """The credential and its subject, read consistently; None unless both exist. A text of an earlier
        release may have no subject. Raises Unavailable if a row stays unprocessed.

        A text that names its subject costs one BatchGetItem of two rows, and a GetItem if a trust rule
        admitted it: it ends with the rule. One of an earlier release costs a GetItem for the credential, and
        another for its subject or the record of its agent.
        """
        if presented.subject_ulid is None:
            return self._find_earlier(presented.digest)
        place = subject_key(presented.subject_ulid)
        keys = [{_KEY: {"S": text}} for text in (presented.digest, place)]
        rows = {row[_KEY]["S"]: row for row in self._database.raw_batch_get(CredentialItem, keys)}
        if rows.keys() != {presented.digest, place}:
            return None
        item = CredentialItem.from_raw_data(rows[presented.digest])
        credential = to_record(Credential, item, kind=presented.kind)
        if credential.subject_ulid != presented.subject_ulid or not self._is_admitted(credential.rule_id):
            return None
        return credential, subject_in(SubjectItem.from_raw_data(rows[place]))

    def _find_earlier(self, digest: str) -> tuple[Credential, Subject | None] | None:
        item = self._database.get(CredentialItem, digest, consistent=True)
        if item is None:
            return None
        credential = to_record(Credential, item)
        if credential.subject_ulid is not None:
            subject = self._subjects.get(credential.subject_ulid)
            return (credential, subject) if subject else None
        if credential.agent_id is not None and not self._has_agent(credential.agent_id):
            return None
        return credential, None

    def _is_admitted(self, rule_id: str | None) -> bool:
        """Whether its trust rule, if it has one, is there and enabled."""
        if rule_id is None:
            return True
        rule = self._database.get(CatalogItem, Kind.TRUST_RULE.value, rule_id, consistent=True)
        return rule is not None and json.loads(rule.content)["enabled"] and rule.deleting_since is None

    def _has_agent(self, agent_id: str) -> bool:
        """A retired agent's record is hidden or gone."""
        agent = self._database.get(CatalogItem, Kind.AGENT.value, agent_id, consistent=True)
        return agent is not None and agent.deleting_since is None
