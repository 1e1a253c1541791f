"""The pages of a key's uses as one."""

from typing import Any, cast

from certctl_client.api.certificates import merged_records
from certctl_client.api.schema import KeyRecordView


def record(certificate_id: str, serial: str, job_id: str) -> KeyRecordView:
    fields: dict[str, Any] = {"versions": [{"serial_number": serial}], "jobs": [{"id": job_id}]}
    return cast(KeyRecordView, {"certificate_id": certificate_id, **fields})


def test_a_record_on_two_pages_is_one_with_all_its_versions_and_each_job_once() -> None:
    pages = [record("mc-1", "0a", "job-1"), record("mc-2", "0b", "job-2")], [record("mc-2", "0c", "job-2")]

    found = merged_records([*pages[0], *pages[1], record("mc-3", "0d", "job-3")])

    assert [each["certificate_id"] for each in found] == ["mc-1", "mc-2", "mc-3"]
    assert [each["serial_number"] for each in found[1]["versions"]] == ["0b", "0c"]
    assert [each["id"] for each in found[1]["jobs"]] == ["job-2"]
