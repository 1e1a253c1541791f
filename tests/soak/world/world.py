"""The world as one value, and the words that the invariants use about it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

type Row = Mapping[str, Any]
WAITING = ("AwaitingCSR", "AwaitingApproval")


def jobs_to_confirm(state: Iterable[Row]) -> set[str]:
    """The jobs of campaigns that wait for a person to confirm them. `state` are rows of that table."""
    campaigns = (row for row in state if row["kind"] == "campaign")
    waiting = (row["id"] for row in campaigns if '"state":"unconfirmed"' in row["body"])
    return {campaign_id.replace("cmp-", "job-", 1) for campaign_id in waiting}


@dataclass(frozen=True)
class World:
    """`tables` by their names in outputs.json, rows as plain values; `objects` by bucket and key; `queues`
    has the bodies of dead letters and failed nudges, and the numbers of the others' messages; `ocsp` the
    DER of answers by CA and serial; `pages` what the API says; `journal`, `deliveries` and `kills` are the
    soak's."""

    taken_at: float
    tables: Mapping[str, Sequence[Row]]
    objects: Mapping[str, Mapping[str, bytes]]
    queues: Mapping[str, int]
    messages: Mapping[str, Sequence[Any]]
    ocsp: Mapping[str, bytes]
    pages: Mapping[str, Any]
    journal: Sequence[Row]
    deliveries: Sequence[Row]
    kills: Sequence[Row]

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.taken_at, UTC)

    def noted(self, kind: str) -> Iterator[Row]:
        """Entries of the journal."""
        return (entry for entry in self.journal if entry["kind"] == kind)

    def state(self, kind: str) -> Iterator[Row]:
        """Rows of the state table, whose kind is this one or begins with it and `#`."""
        return (row for row in self.tables["state"] if row["kind"].partition("#")[0] == kind)

    def catalog(self, kind: str) -> dict[str, Row]:
        return {row["id"]: row for row in self.tables["catalog"] if row["kind"] == kind}

    @cached_property
    def certificates(self) -> dict[str, Row]:
        return {r["certificate_id"]: r for r in self.tables["certificates"] if r["record"] == "certificate"}

    @cached_property
    def versions(self) -> dict[tuple[str, str], Row]:
        """Rows of versions by certificate and serial."""
        rows = (row for row in self.tables["certificates"] if row["record"].startswith("version#"))
        return {(row["certificate_id"], row["serial_number"]): row for row in rows}

    @cached_property
    def pems(self) -> dict[tuple[str, str], Row]:
        """Rows of PEMs by certificate and serial."""
        rows = (row for row in self.tables["certificates"] if row["record"].startswith("pem#"))
        return {(row["certificate_id"], row["serial_number"]): row for row in rows}

    @cached_property
    def jobs(self) -> dict[str, Row]:
        return {row["job_id"]: row for row in self.tables["jobs"]}

    def waits(self, job: Row) -> bool:
        """Whether a job waits for what no schedule does: a host, a person, or the end of a hold."""
        if job["status"] in WAITING or job["job_id"] in self._unconfirmed:
            return True
        record = self.certificates.get(job.get("certificate_id", ""), {})
        return "open_status" in job and record.get("lifecycle") == "OnHold"

    @cached_property
    def _unconfirmed(self) -> set[str]:
        return jobs_to_confirm(self.tables["state"])

    @cached_property
    def notifications(self) -> dict[str, Row]:
        return {row["notification_id"]: row for row in self.tables["notifications"]}

    @cached_property
    def revocations(self) -> dict[tuple[str, str], Row]:
        """Rows of revocations by CA and serial."""
        rows = (row for row in self.tables["revocations"] if "revoked_at" in row)
        return {(row["ca_id"], row["serial_number"]): row for row in rows}

    @cached_property
    def delivered(self) -> Counter[str]:
        """How often a receiver took each message."""
        return Counter(d["message"] for d in self.deliveries if d["answer"] == "ok" and d["message"])
