"""Names and shapes that a rename must not change: they are stored, sealed, published or matched.

`tests.support.golden` has the command that accepts a change made on purpose.
"""

import importlib
import json
import pkgutil
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from enum import EnumType
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.indexes import Index
from pynamodb.models import Model

import certctl
from certctl.api.problems import STATUS, problem_of
from certctl.domain.access.permissions import Permission, Role
from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.statuses import Status
from certctl.domain.errors import DomainError
from certctl.domain.insights.counters import certificate_delta, job_delta, job_events
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.jobs.tasks import AgentTask
from certctl.domain.kinds import ChannelKind, IssuerType, TargetType
from certctl.domain.notifications.notifications import Attempt, CertificateFacts
from certctl.domain.policies.evaluations import PolicyEvaluation
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.statuses import PolicySeverity
from certctl.domain.revocation.bulk import BulkRevocation, Failure, Progress, Selection
from certctl.domain.revocation.requests import RevocationRequest
from certctl.store import keys, search_keys
from tests.support.agents.fleet import demo_certificates, job
from tests.support.golden import require_golden
from tests.support.models import MODELS
from tests.support.template import ROOT

_STORED_OUTSIDE_OF_ATTRIBUTES: dict[str, EnumType] = {
    "actor of an audit event": ActorType,
    "kind of a catalog row": Kind,
    "kind of a channel": ChannelKind,
    "permission in a rule": Permission,
    "role of a key": Role,
    "severity of a policy": PolicySeverity,
    "type of a policy": PolicyType,
    "type of a target": TargetType,
    "type of an issuer": IssuerType,
}
"""In the JSON of a row, in its key, or in an event."""


_NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
_BULK = BulkRevocation(
    Selection(("mc-1",), "o-1", "t-1", "iss-1", "server", "production", Status.ACTIVE),
    RevocationRequest("superseded", _NOW, "job-1", 3),
    Progress(9, 8, 3, 2, 1, (Failure("mc-2", "refused"),)),
    position="mc-3",
    retries=("mc-4",),
)
_TEXTS: Mapping[str, Any] = {
    "task": AgentTask("www.example.com", ("DNS:www.example.com",), serial_number="0a1b"),
    "bulk": _BULK,
    "evaluation": PolicyEvaluation("pol-1", "short", 3, _NOW, 9, 8, 1, "mc-1", "mc-2"),
}
"""An example for each attribute that is stored as JSON."""


def test_tables_indexes_and_attributes_are_as_they_were() -> None:
    tables: dict[str, list[Any]] = defaultdict(list)
    for model in MODELS:
        indexes = {name: _index(index) for name, index in model._indexes.items()}
        tables[_table_of(model)].append({"attributes": _types(model), "indexes": indexes})
    require_golden("tables", {name: sorted(models, key=json.dumps) for name, models in tables.items()})


def _index(index: Index[Any]) -> dict[str, Any]:
    schema = index._get_schema()
    return {"keys": schema["key_schema"], "projection": schema["projection"]}


def _types(model: type[Model]) -> dict[str, str]:
    return {attribute.attr_name: _type_of(attribute) for attribute in model.get_attributes().values()}


def _type_of(attribute: Attribute[Any]) -> str:
    key = "hash " if attribute.is_hash_key else "range " if attribute.is_range_key else ""
    return f"{key}{attribute.attr_type}{' or absent' if attribute.null else ''}"


def _table_of(model: type[Model]) -> str:
    return str(getattr(model, "Meta").table)  # noqa: B009  # the base has no such attribute for mypy


def test_values_of_stored_enums_are_as_they_were() -> None:
    stored = {
        f"{_table_of(model)}.{attribute.attr_name}": _members(_enum_of(attribute))
        for model in MODELS
        for attribute in model.get_attributes().values()
        if _enum_of(attribute)
    }
    others = {label: _members(enum) for label, enum in _STORED_OUTSIDE_OF_ATTRIBUTES.items()}
    require_golden("enums", stored | others)


def _enum_of(attribute: Attribute[Any]) -> EnumType | None:
    return next((held for held in vars(attribute).values() if isinstance(held, EnumType)), None)


def _members(enum: Any) -> list[str]:
    return [member.value for member in enum]


def test_texts_within_rows_are_as_they_were() -> None:
    """One text each, for a rule on the order and names of its parts."""
    attributes = {
        attribute.attr_name: attribute for model in MODELS for attribute in model.get_attributes().values()
    }
    texts = {name: attributes[name].serialize(value) for name, value in _TEXTS.items()}
    assert {name: attributes[name].deserialize(text) for name, text in texts.items()} == _TEXTS
    require_golden("texts", texts)


def test_order_of_what_is_stored_as_arrays_is_as_it_was() -> None:
    arrays = {"attempt": _fields(Attempt), "facts of a certificate": _fields(CertificateFacts)}
    require_golden("arrays", arrays)


def _fields(record: Any) -> list[str]:
    return [field.name for field in fields(record)]


def test_problem_types_and_their_statuses_are_as_they_were() -> None:
    problems = [problem_of(_made(error)) for error in STATUS]
    require_golden("problems", {problem.name: problem.status for problem in problems})


def _made(error: type[DomainError]) -> DomainError:
    made = error.__new__(error)
    vars(made).update(detail="", problems=(), allowed=(), retry_after=1)
    return made


def test_ids_of_the_systems_own_actors_are_as_they_were() -> None:
    actors = (held for held in _module_values() if isinstance(held, Actor))
    require_golden("actors", sorted({f"{actor.type}: {actor.id}" for actor in actors}))


def _module_values() -> list[Any]:
    names = [module.name for module in pkgutil.walk_packages(certctl.__path__, "certctl.")]
    return [held for name in names for held in vars(importlib.import_module(name)).values()]


def test_kinds_of_rows_are_as_they_were() -> None:
    kinds = {held for name, held in vars(keys).items() if name.isupper() and isinstance(held, str)}
    require_golden("kinds", sorted(kinds))


def test_forms_of_composite_keys_are_as_they_were() -> None:
    require_golden("keys", sorted(_composite_keys()))


def _composite_keys() -> list[str]:
    month, event = "2026-11", "aud-01kavtkc00g40r40m30e209185"
    return [
        keys.version_record(_NOW, "0a1b"),
        keys.unexpired_versions_from(_NOW),
        keys.pem_record("0a1b"),
        keys.list_key(_NOW, "mc-1"),
        keys.ca_serial("ca-1", "0a1b"),
        keys.ca_shard("ca-1", 3),
        keys.crl_shards("ca-1"),
        keys.crl_changes("ca-1", "all"),
        keys.campaign_items("cmp-1"),
        keys.campaign_stops("cmp-1"),
        keys.counter_row(3),
        keys.counter_days(3),
        keys.dead_counter("2026-11-24", 3),
        keys.flood_minute("Slack", "2026-11-24T13:00"),
        keys.name_zone("www.example.com"),
        keys.name_key("www.example.com", "mc-1"),
        search_keys.search_zone("name", "www.example.com"),
        search_keys.search_key("name", "www.example.com/", "mc-1"),
        keys.catalog_names("owner"),
        keys.catalog_name("Lars"),
        keys.references_to("owner", "o-1"),
        keys.referrer("target", "tgt-1"),
        keys.violations_of_month(month),
        keys.violations_of_policy("pol-1"),
        keys.open_violations("pol-1"),
        keys.audit_day_shard(event),
        keys.audit_partition("2026-11-24", 3),
        keys.audit_resource("certificate", "mc-1"),
        keys.actor_day("key-1", _NOW),
        keys.audit_seal(_NOW, 7),
        keys.audit_seal(_NOW, None),
    ]


def test_names_of_counters_are_as_they_were() -> None:
    counted = [certificate_delta(each) for each in demo_certificates(_NOW)]
    for status in JobStatus:
        before, after = job("mc-1", _NOW), job("mc-1", _NOW, status=status)
        counted += [job_delta(after), job_events(before, after), job_events(None, after)]
    require_golden(
        "counters",
        {
            "totals": sorted({name for tally in counted for name in tally.totals}),
            "days": sorted({_without_days(name) for tally in counted for name in _of_days(tally)}),
        },
    )


def _of_days(tally: Any) -> set[str]:
    return {name for amounts in tally.by_day("2026-11-24").values() for name in amounts}


def _without_days(counter: str) -> str:
    """`expiring-30` -> `expiring-<days>`."""
    prefix, _, days = counter.rpartition("-")
    return f"{prefix}-<days>" if days.isdigit() else counter


def test_operations_and_schemas_of_the_api_are_as_they_were() -> None:
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    schemas = document["components"]["schemas"]
    require_golden(
        "openapi",
        {
            "operations": _operations(document["paths"]),
            "schemas": {name: _shape(schema) for name, schema in schemas.items()},
        },
    )


def _operations(paths: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"{method.upper()} {path}": operation["operationId"]
        for path, operations in paths.items()
        for method, operation in operations.items()
        if "operationId" in operation
    }


def _shape(schema: Mapping[str, Any]) -> list[str]:
    return sorted(schema.get("properties", {})) + [str(value) for value in schema.get("enum", [])]
