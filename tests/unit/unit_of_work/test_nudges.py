"""Which queue a nudge goes to."""

from collections.abc import Mapping
from typing import Any

from certctl.domain.due_work import Nudge
from certctl.unit_of_work.nudges import Nudges

Sent = list[tuple[str, Mapping[str, Any], int]]


def nudges() -> tuple[Nudges, Sent]:
    sent: Sent = []
    return Nudges(lambda queue, body, seconds: sent.append((queue, body, seconds))), sent


def test_a_job_goes_to_the_queue_of_its_worker() -> None:
    by, sent = nudges()
    by.jobs([Nudge("job-1", 1), Nudge("job-2", 2, is_external=True)])
    assert [(queue, body["id"]) for queue, body, _ in sent] == [("jobs", "job-1"), ("external_jobs", "job-2")]


def test_a_wait_is_rounded_up_and_a_long_one_is_left_to_the_schedule() -> None:
    by, sent = nudges()
    by.job(Nudge("job-1", 1), 0.2)
    by.job(Nudge("job-1", 1), 900)
    by.job(Nudge("job-1", 1), 900.1)
    assert [seconds for _, _, seconds in sent] == [1, 900]


def test_notifications_and_crl_shards_have_queues_of_their_own() -> None:
    by, sent = nudges()
    by.notifications([Nudge("notif-1", 1)])
    by.crl("ca-1", 3)
    assert [queue for queue, _, _ in sent] == ["notifications", "crl_nudges"]
    assert sent[1][1] == {"ca_id": "ca-1", "shard": 3}


def test_the_first_look_for_a_revocation_comes_a_second_after_it() -> None:
    by, sent = nudges()
    by.status_check("ca-1", 3)
    assert sent == [("status_checks", {"ca_id": "ca-1", "shard": "3"}, 1)]
