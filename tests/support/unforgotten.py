"""Inspects the requests of functions to DynamoDB: a change of a certificate's row must write its audit event
and its counters in the same transaction, whatever code made the request."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from botocore.handlers import BUILTIN_HANDLERS

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.ids import COUNTER_SHARDS, shard_of
from certctl.domain.insights.counters import certificate_delta
from certctl.store.certificates.items import CertificateItem
from certctl.store.keys import CERTIFICATE, COUNTERS, audit_resource, counter_days, counter_row
from certctl.store.mapping import to_record
from tests.support.aws import clients as aws
from tests.support.aws.least_privilege import acting_folders, unconfined

# A reserved serial and an expiry alert change no more than this: no event reports them.
_SILENT = frozenset({"revision", "updated_at", "alerted", "acme_stopped_at"})
_PLANNED = frozenset({"due_shard", "next_action_at", "ari_start", "ari_end", "ari_refresh_at"})

_LISTED = frozenset({"changed_at"})
"""The place in an index, which a recount completes."""

Request = Mapping[str, Any]


class _Watch:
    """The missing writes; None while inspection is off."""

    def __init__(self) -> None:
        self.forgotten: list[str] | None = None


_WATCH = _Watch()


@contextmanager
def nothing_forgotten() -> Iterator[None]:
    outer, _WATCH.forgotten = _WATCH.forgotten, []
    try:
        yield
    finally:
        forgotten, _WATCH.forgotten = _WATCH.forgotten, outer
    assert not forgotten, forgotten


def _look(params: dict[str, Any], model: Any, **_: Any) -> None:
    if _WATCH.forgotten is None or model.service_model.service_name != "dynamodb" or not acting_folders():
        return
    actions = _actions(model.name, params)
    for action in actions:
        if _is_certificate(action):
            _WATCH.forgotten += forgotten_beside(action, actions, _stored(action))


# In each session of botocore made from here on, by any code.
BUILTIN_HANDLERS.append(("provide-client-params", _look))


def _actions(operation: str, params: Request) -> list[Request]:
    if operation == "TransactWriteItems":
        return [
            dict(request)
            for action in params["TransactItems"]
            for kind, request in action.items()
            if kind != "ConditionCheck"
        ]
    return [params] if operation in ("PutItem", "UpdateItem", "DeleteItem") else []


def _is_certificate(action: Request) -> bool:
    row = action.get("Item") or action["Key"]
    return bool(action["TableName"] == "certificates" and row["record"]["S"] == CERTIFICATE)


def _stored(action: Request) -> Mapping[str, Any] | None:
    row = action.get("Item") or action["Key"]
    key = {name: row[name] for name in ("certificate_id", "record")}
    with unconfined():
        found: Mapping[str, Any] | None = (
            aws.client("dynamodb")
            .get_item(TableName="certificates", Key=key, ConsistentRead=True)
            .get("Item")
        )
    return found


def forgotten_beside(
    action: Request, actions: Sequence[Request], stored: Mapping[str, Any] | None
) -> list[str]:
    """The writes that `actions`, the transaction of this one, lack. An update in place may only plan or list
    the record."""
    if "Item" not in action:
        named = set(action.get("ExpressionAttributeNames", {}).values())
        return [] if named <= _PLANNED | _LISTED | {"revision"} else [f"an update of {sorted(named)}"]
    if stored and action.get("ConditionExpression", "").startswith("attribute_not_exists"):
        return []  # it is refused: the id is taken
    before, after = _record(stored) if stored else None, _record(action["Item"])
    if before is not None and _is_decided_from_another(action, before):
        return []
    changed = {
        f.name for f in fields(after) if before is None or getattr(before, f.name) != getattr(after, f.name)
    }
    return [*_event_of(before, after, changed, actions), *_counters_of(before, after, actions)]


def _is_decided_from_another(action: Request, stored: Certificate) -> bool:
    """DynamoDB refuses it: the row has another revision by now."""
    return {"N": str(stored.revision)} not in action.get("ExpressionAttributeValues", {}).values()


def _event_of(
    before: Certificate | None, after: Certificate, changed: set[str], actions: Sequence[Request]
) -> list[str]:
    """The end of a job is an event of the job, and changes its certificate."""
    if changed <= _SILENT:
        return []
    job_id = before.open_job_id if before else None
    about = {audit_resource("certificate", after.id), audit_resource("job", job_id or "")}
    rows = (action["Item"] for action in actions if action["TableName"] == "audit" and "Item" in action)
    events = {row["resource"]["S"] for row in rows if "resource" in row}
    return [] if about & events else [f"{after.id}: no audit event of {sorted(changed)}"]


def _counters_of(before: Certificate | None, after: Certificate, actions: Sequence[Request]) -> list[str]:
    delta, shard = certificate_delta(after) - certificate_delta(before), shard_of(after.id, COUNTER_SHARDS)
    wanted = {(COUNTERS, counter_row(shard)): dict(delta.totals)} if delta.totals else {}
    wanted |= {(counter_days(shard), day): dict(amounts) for day, amounts in delta.by_day("").items()}
    counted = {_row(a): _amounts(a) for a in actions if a["TableName"] == "state" and "UpdateExpression" in a}
    return [
        f"{after.id}: {name} of {row} is not counted: {amount}"
        for row, amounts in wanted.items()
        for name, amount in amounts.items()
        if counted.get(row, {}).get(name) != amount
    ]


def _row(action: Request) -> tuple[str, str]:
    return action["Key"]["kind"]["S"], action["Key"]["id"]["S"]


def _amounts(action: Request) -> dict[str, int]:
    names, values = action.get("ExpressionAttributeNames", {}), action.get("ExpressionAttributeValues", {})
    return {
        name: int(values[f":{alias[1:]}"]["N"])
        for alias, name in names.items()
        if f":{alias[1:]}" in values and "N" in values[f":{alias[1:]}"]
    }


def _record(raw: Mapping[str, Any]) -> Certificate:
    row = CertificateItem.from_raw_data(dict(raw))
    failures = int(row.renewal_failures or 0)
    return to_record(
        Certificate, row, id=row.certificate_id, revision=int(row.revision), renewal_failures=failures
    )
