"""Catalog records of issuers whose CAs are in this stack."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Issuer
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.field_rules import ID_PATTERN
from certctl.domain.issuing.kinds.local import LOCAL
from certctl.unit_of_work.catalog import CatalogRecords

_ACTOR = Actor("system/stack_admin", ActorType.SYSTEM)
_LONGEST_NAME = 256


@dataclass(frozen=True)
class CatalogIssuers:
    records: CatalogRecords
    now: Callable[[], datetime]

    def ensure(self, issuer_id: str, name: str) -> None:
        """Makes sure that an issuer of this id with CAs of this stack exists; an existing one keeps its name.
        Idempotent. Raises InvalidInput, and Conflict if the id or name belongs to another record."""
        if not re.fullmatch(ID_PATTERN, issuer_id):
            raise InvalidInput.of("issuer_id", f"must match {ID_PATTERN}")
        if len(name) > _LONGEST_NAME:
            raise InvalidInput.of("name", f"has {_LONGEST_NAME} characters at most")
        if self._is_there(issuer_id):
            return
        now = self.now()
        content = Issuer(LOCAL.type, {})
        entry: AnyEntry = Entry(Kind.ISSUER, issuer_id, name, content, created_at=now, updated_at=now)
        unit = self.records.units.begin(_ACTOR, issuer_id, now)
        self.records.create(unit, entry)
        try:
            unit.commit()
        except Conflict:
            if not self._is_there(issuer_id):
                raise

    def _is_there(self, issuer_id: str) -> bool:
        found = self.records.catalog.get(Kind.ISSUER, issuer_id)
        if found is None:
            return False
        definition = self.records.catalog.kinds.issuers.of(found.content.type)
        if found.is_deleting or not definition.signs_locally:
            raise Conflict(f"{issuer_id} is an issuer of another type, or is being deleted.")
        return True
