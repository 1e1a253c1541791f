"""A bulk revocation as one text: only the worker that holds its job changes it, and always as a whole."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import STRING

from certctl.domain.certificates.statuses import Status
from certctl.domain.revocation.bulk import BulkRevocation, Failure, Progress, Selection
from certctl.domain.revocation.requests import RevocationRequest
from certctl.domain.times import from_wire, to_wire


class BulkRevocationText(Attribute[BulkRevocation]):
    attr_type = STRING

    def serialize(self, value: BulkRevocation) -> str:
        parts = asdict(value)
        # no bulk revocation has other ones than the defaults
        del parts["wanted"]["shown"], parts["wanted"]["blocks_keys"]
        if value.wanted.ticket is None:
            # as before it was known: workers of the release before read the rows during a deploy
            del parts["wanted"]["ticket"]
        return json.dumps(parts, default=_text_of_time, separators=(",", ":"))

    def deserialize(self, value: str) -> BulkRevocation:
        parts = json.loads(value)
        return BulkRevocation(
            selection=_selection(parts["selection"]),
            wanted=_wanted(parts["wanted"]),
            progress=_progress(parts["progress"]),
            position=parts["position"],
            is_walked=parts["is_walked"],
            retries=tuple(parts["retries"]),
        )


def _text_of_time(value: object) -> str:
    if isinstance(value, datetime):
        return to_wire(value)
    raise TypeError(f"not a part of a bulk revocation: {type(value).__name__}")


def _selection(parts: dict[str, Any]) -> Selection:
    ids, status = tuple(parts["certificate_ids"]), parts["status"]
    return Selection(**parts | {"certificate_ids": ids, "status": status and Status(status)})


def _wanted(parts: dict[str, Any]) -> RevocationRequest:
    since = parts["invalidity_date"]
    return RevocationRequest(**parts | {"invalidity_date": since and from_wire(since)})


def _progress(parts: dict[str, Any]) -> Progress:
    return Progress(**parts | {"errors": tuple(Failure(**error) for error in parts["errors"])})
