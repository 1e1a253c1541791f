"""TXT records in Route 53. Several orders may prove the same name at once, so values are added to existing
ones and removed again, each time on condition that the record did not change concurrently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from certctl.connectors.aws.errors import error_code
from certctl.domain.aws_failures import is_denied
from certctl.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client

_TTL_SECONDS = 60


@dataclass(frozen=True)
class TxtValue:
    """`name` without the final dot, `value` without quotes."""

    zone_id: str
    name: str
    value: str


class TxtRecords:
    """Every method raises Unavailable if Route 53 refuses: the record changed concurrently, it throttles, the
    zone does not exist, or we may not change it."""

    def __init__(self, client: "Route53Client") -> None:
        self._client = client

    def add(self, values: Sequence[TxtValue]) -> list[str]:
        """Ids of the changes to wait for, one per zone."""
        changes = []
        for zone_id, names in _by_zone(values).items():
            changes += self._change(zone_id, [c for n, v in names.items() for c in self._with(zone_id, n, v)])
        return changes

    def remove(self, values: Sequence[TxtValue]) -> None:
        """Removes the values; missing ones are no failure."""
        for zone_id, names in _by_zone(values).items():
            self._change(zone_id, [c for n, v in names.items() for c in self._without(zone_id, n, v)])

    def are_in_sync(self, changes: Sequence[str]) -> bool:
        """Whether every name server of the zones has them."""
        return all(_asked(self._client.get_change, Id=c)["ChangeInfo"]["Status"] == "INSYNC" for c in changes)

    def _with(self, zone_id: str, name: str, values: Sequence[str]) -> list[Mapping[str, Any]]:
        found = self._found(zone_id, name)
        wanted = list(dict.fromkeys([*_values_of(found), *values]))
        if found is None:
            return [_change("CREATE", _record_set(name, wanted))]
        return [_change("DELETE", found), _change("CREATE", _record_set(name, wanted))]

    def _without(self, zone_id: str, name: str, values: Sequence[str]) -> list[Mapping[str, Any]]:
        found = self._found(zone_id, name)
        if found is None:
            return []
        left = [value for value in _values_of(found) if value not in values]
        kept = [_change("CREATE", _record_set(name, left))] if left else []
        return [_change("DELETE", found), *kept]

    def _found(self, zone_id: str, name: str) -> Mapping[str, Any] | None:
        page = _asked(
            self._client.list_resource_record_sets,
            HostedZoneId=zone_id,
            StartRecordName=name,
            StartRecordType="TXT",
            MaxItems="1",
        )
        same = (s for s in page["ResourceRecordSets"] if s["Name"] == f"{name}." and s["Type"] == "TXT")
        return next(same, None)

    def _change(self, zone_id: str, changes: Sequence[Mapping[str, Any]]) -> list[str]:
        if not changes:
            return []
        # ADR 14: one batch deletes what was read and creates what is wanted, as a whole or not at all. UPSERT
        # would overwrite the value of another order for the same name.
        batch = {"Comment": "certctl: ACME dns-01", "Changes": list(changes)}
        response = _asked(self._client.change_resource_record_sets, HostedZoneId=zone_id, ChangeBatch=batch)
        return [str(response["ChangeInfo"]["Id"])]


def _asked(call: Any, **parameters: Any) -> Any:
    try:
        return call(**parameters)
    except ClientError as error:
        raise Unavailable(_refusal(error_code(error))) from None
    except BotoCoreError as error:
        raise Unavailable(f"Route 53 did not respond: {type(error).__name__}") from None


def _refusal(code: str) -> str:
    text = f"Route 53 refused a change of DNS records: {code}"
    return f"{text}. AllowedHostedZoneArns of the stack may lack the zone" if is_denied(code) else text


def _by_zone(values: Sequence[TxtValue]) -> dict[str, dict[str, list[str]]]:
    zones: dict[str, dict[str, list[str]]] = {}
    for value in values:
        zones.setdefault(value.zone_id, {}).setdefault(value.name, []).append(value.value)
    return zones


def _values_of(record_set: Mapping[str, Any] | None) -> list[str]:
    records = record_set["ResourceRecords"] if record_set else []
    return [record["Value"].strip('"') for record in records]


def _record_set(name: str, values: Sequence[str]) -> Mapping[str, Any]:
    records = [{"Value": f'"{value}"'} for value in values]
    return {"Name": f"{name}.", "Type": "TXT", "TTL": _TTL_SECONDS, "ResourceRecords": records}


def _change(action: str, record_set: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"Action": action, "ResourceRecordSet": record_set}
