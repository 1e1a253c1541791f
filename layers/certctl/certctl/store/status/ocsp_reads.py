"""What the OCSP responder reads: single rows by their keys, consistently.

By a bare client, without the models: those of all rooms cost a cold start more than its first answer.
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from certctl.domain.certificates.statuses import VersionState
from certctl.domain.errors import Unavailable
from certctl.domain.status.ocsp import (
    RESPONDER_CERTIFICATE,
    StoredCa,
    StoredResponder,
    StoredRevocation,
    StoredSerial,
)
from certctl.domain.times import from_wire, to_wire
from certctl.store.keys import AUTHORITY, OCSP_ISSUER, OCSP_RECOVERY, OCSP_RESPONDER, ca_serial, ca_shard

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_Row = Mapping[str, Any]
_STATE: Final = "state"
RECOVERY_MARK: Final = "serials"
"""The id of the one row of its kind; its `body` is the moment until which it holds."""


class OcspReads:
    """`tables`: short name -> table name. Every method raises Unavailable if DynamoDB does not respond in
    time; a refusal remains ClientError: no retry helps."""

    def __init__(self, client: "DynamoDBClient", tables: Mapping[str, str]) -> None:
        self._client = client
        self._tables = tables

    def ca_of(self, issuer: str) -> str | None:
        """The id of the CA that a CertID means."""
        row = self._get(_STATE, "body", kind=OCSP_ISSUER, id=issuer)
        return row["body"]["S"] if row else None

    def ca(self, ca_id: str) -> StoredCa | None:
        """The CA; None if it does not exist, or is retired."""
        row = self._get(_STATE, "id revoked_at ocsp_revokes_all", kind=AUTHORITY, id=ca_id)
        return _ca(row) if row else None

    def responder(self, ca_id: str) -> StoredResponder | None:
        row = self._get(_STATE, "body", kind=OCSP_RESPONDER, id=ca_id)
        return stored_responder(ca_id, row["body"]["S"]) if row else None

    def is_recovering(self, now: datetime) -> bool:
        """Whether a restore may still find serials that the tables have lost."""
        row = self._get(_STATE, "body", kind=OCSP_RECOVERY, id=RECOVERY_MARK)
        return row is not None and now < from_wire(row["body"]["S"])

    def serial(self, ca_id: str, serial: str) -> StoredSerial | None:
        row = self._get("serials", "crl_shard not_after state job_id", ca_serial=ca_serial(ca_id, serial))
        return _serial(row) if row else None

    def revocation(self, ca_id: str, shard: str, serial: str) -> StoredRevocation | None:
        keys = {"ca_shard": ca_shard(ca_id, shard), "serial": serial}
        row = self._get("revocations", "revoked_at reason not_after", **keys)
        return _revocation(row) if row and "revoked_at" in row else None

    def _get(self, table: str, attributes: str, **key: str) -> _Row | None:
        from botocore.exceptions import BotoCoreError, ClientError  # loaded with the client

        wanted = attributes.split()
        try:
            answer = self._client.get_item(
                TableName=self._tables[table],
                Key={name: {"S": value} for name, value in key.items()},
                ConsistentRead=True,
                # by names of their own: `state` is a word of the language
                ProjectionExpression=", ".join(f"#{name}" for name in wanted),
                ExpressionAttributeNames={f"#{name}": name for name in wanted},
            )
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and not _is_temporary(error):
                raise
            raise Unavailable("The database did not answer in time. Try again.") from error
        return answer.get("Item")


def _is_temporary(error: Any) -> bool:
    """`error`: a ClientError. 5xx and throttling."""
    from certctl.domain.aws_failures import OVERLOADED

    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or error.response["Error"]["Code"] in OVERLOADED


def _serial(row: _Row) -> StoredSerial:
    state = VersionState(row["state"]["S"])
    is_responder = row.get("job_id") == {"S": RESPONDER_CERTIFICATE}
    issued = state is VersionState.ISSUED
    return StoredSerial(row["crl_shard"]["N"], _time(row, "not_after"), issued, is_responder)


def _ca(row: _Row) -> StoredCa:
    revokes_all = row.get("ocsp_revokes_all") == {"BOOL": True}
    return StoredCa(_time(row, "revoked_at") if revokes_all else None)


def _revocation(row: _Row) -> StoredRevocation:
    return StoredRevocation(_time(row, "revoked_at"), row["reason"]["S"], _time(row, "not_after"))


def _time(row: _Row, name: str) -> datetime:
    return from_wire(row[name]["S"])


def responder_text(responder: StoredResponder) -> str:
    """The `body` of its row."""
    return json.dumps(
        {
            "serial_number": responder.serial_number,
            "certificate": base64.b64encode(responder.certificate).decode(),
            "wrapped_key": base64.b64encode(responder.wrapped_key).decode(),
            "made_at": to_wire(responder.made_at),
            "not_after": to_wire(responder.not_after),
        }
    )


def stored_responder(ca_id: str, text: str) -> StoredResponder:
    """`text`: the `body` of its row."""
    fields = json.loads(text)
    return StoredResponder(
        ca_id,
        fields["serial_number"],
        base64.b64decode(fields["certificate"]),
        base64.b64decode(fields["wrapped_key"]),
        from_wire(fields["made_at"]),
        from_wire(fields["not_after"]),
    )
