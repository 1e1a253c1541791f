"""The ids that a request can contain besides its path, in bodies and queries, found in the OpenAPI
document."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Target
from certctl.domain.identity.accounts import ServiceAccount, User
from certctl.domain.ids import new_id, new_ulid
from certctl.domain.kinds import TargetType
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.certificates import CertificateStore
from tests.support.access.foreign import MAKERS, TEAM
from tests.support.functions.deployed import Deployed

OWN_TEAM = "t-own"


def _target(stack: Deployed) -> str:
    now = stack.clock()
    name = f"target-{new_ulid(now)}"
    entry = Entry(Kind.TARGET, name, name, Target(TargetType.NGINX, {}), now, now, TEAM)
    stack.database.transact(CatalogStore(stack.database).create_steps(entry))
    return name


def _account(stack: Deployed) -> str:
    now = stack.clock()
    content = ServiceAccount((Grant(Role.VIEWER, (TEAM,)),))
    entry = Entry(Kind.SERVICE_ACCOUNT, new_id("sa", now), new_ulid(now), content, now, now, TEAM)
    stack.database.transact(CatalogStore(stack.database).create_steps(entry))
    return entry.id


def _user(stack: Deployed) -> str:
    now = stack.clock()
    content = User((Grant(Role.VIEWER, (TEAM,)),))
    entry = Entry(Kind.USER, new_id("usr", now), new_ulid(now), content, now, now)
    stack.database.transact(CatalogStore(stack.database).create_steps(entry))
    return entry.id


# Each creates a record of another team and returns its id.
FOREIGN: Mapping[str, Callable[[Deployed], Any]] = {
    "agent_id": lambda _: "agent-foreign",
    "certificate_id": MAKERS["certificate_id"],
    "folded_into": MAKERS["notification_id"],
    "certificate_ids": lambda stack: [MAKERS["certificate_id"](stack)],
    "ids": lambda stack: [MAKERS["notification_id"](stack)],
    "resource_id": MAKERS["certificate_id"],
    "subject_id": _account,
    "service_account_id": _account,
    "target_id": _target,
    "target_ids": lambda stack: [_target(stack)],
    "team_id": lambda _: TEAM,
    "teams": lambda _: [TEAM],
    "owner_id": lambda _: "o-foreign",
    "maker_id": _user,
    "actor": lambda _: "key-foreign",
    "account_id": MAKERS["account_id"],
    "eab_key_id": MAKERS["eab_key_id"],
}
# Of no team: everyone with catalog:read is shown these.
OF_NO_TEAM = frozenset({"issuer_id", "ca_id", "profile_id", "renewal_policy_id", "id", "channel_id"}) | {
    "profile_ids",
    "client_id",
    "provider_id",
}
# Parameters of a query that are ids by another name.
_FURTHER = ("cursor", "actor", "folded_into")
# An owner may own certificates of any team; filters by owner still show the caller's teams only.
_OWNER_IS_SHOWN = frozenset({"create_certificate", "edit_certificate"})


def body_fields(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(operation id, field) of every id that a body can hold."""
    for name, operation in _operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            fields = _model(document, content["schema"]).get("properties", {})
            yield from ((name, field) for field in fields if _is_id(name, field))


def query_fields(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(operation id, parameter) of every id that a query can hold; cursors are positions, ids too."""
    for name, operation in _operations(document):
        parameters = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
        yield from ((name, p) for p in parameters if _is_id(name, p) or p in _FURTHER)


def own_path_id(stack: Deployed, name: str) -> str:
    """A certificate of the caller's own team, or whatever else there is only another team's of."""
    identifier = MAKERS[name](stack)
    if name != "certificate_id":
        return identifier
    store = CertificateStore(stack.database)
    foreign = store.get(identifier)
    assert foreign is not None
    own = replace(foreign, id=f"{identifier}-own", name="own", owner_id="o-own", team_id=OWN_TEAM)
    stack.database.transact(store.create_steps(own, []))
    return own.id


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for operations in document["paths"].values():
        yield from ((operation["operationId"], operation) for operation in operations.values())


def _model(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    for each in (schema, *schema.get("anyOf", ())):
        if "$ref" in each:
            model: Mapping[str, Any] = document["components"]["schemas"][each["$ref"].rpartition("/")[2]]
            return model
    return schema


def _is_id(operation: str, field: str) -> bool:
    if field == "owner_id" and operation in _OWNER_IS_SHOWN:
        return False
    return field.endswith(("_id", "_ids")) or field in ("id", "ids", "teams")
