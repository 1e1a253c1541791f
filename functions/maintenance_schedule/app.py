"""Every five minutes: seals the audit trail, nudges due jobs whose nudge was lost, ends waits that timed out,
alerts about silent agents, ends incidents that nobody will resolve, refuses keys for which a revocation had
no room, finishes deletions of catalog records, evaluates policies again after an edit of a record that they
refer to, retires CAs, writes missing search entries, renews while the renewal schedule is silent, and
recounts weekly."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.times import to_wire_or_none
from certctl.observability import logger, with_context

services = MaintenanceSchedule()

# Sealing after an outage takes half of the time; jobs continue until it ends.
_RESERVE_OF_SEALING_MS = 60_000
_RESERVE_OF_INDEXING_MS = 30_000
_RESERVE_MS = 10_000
# One shard of a million certificates takes ten seconds, the list of all of them ten more.
_RESERVE_OF_RECOUNT_MS = 30_000


@with_context
def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Runs all tasks; failures are raised at the end, so that the invocation counts as an error."""
    report: dict[str, Any] = {}
    failures: list[Exception] = []
    tasks = (
        _seal,
        _run_due_jobs,
        _check_agents,
        _end_incidents,
        _refuse_keys,
        _finish_deletions,
        _review_policies,
        _keep_authorities,
        _index_for_search,
        _renew_as_fallback,
        _recount,
    )
    for task in tasks:
        try:
            report |= task(context.get_remaining_time_in_millis)
        except Exception as error:
            logger.exception("maintenance failed", extra={"task": task.__name__})
            failures.append(error)
    if failures:
        raise failures[0]
    return report


def _seal(remaining_ms: Callable[[], int]) -> dict[str, Any]:
    report = services.sealing.run(lambda: remaining_ms() > _RESERVE_OF_SEALING_MS)
    counts = {"seals": report.seals, "sealed_events": report.events, "late_events": report.late}
    logger.info("audit seals", extra=counts | {"cutoff": to_wire_or_none(report.cutoff)})
    return counts


def _run_due_jobs(remaining_ms: Callable[[], int]) -> dict[str, Any]:
    report = services.due_jobs.run(lambda: remaining_ms() > _RESERVE_MS)
    counts = {"nudged": report.nudged, "timed_out": report.timed_out}
    logger.info("due jobs", extra=counts)
    return counts


def _check_agents(remaining_ms: Callable[[], int]) -> dict[str, Any]:
    report = services.stale_agents.run(lambda: remaining_ms() > _RESERVE_MS)
    counts = {"silent_agents": report.silent, "agents_back": report.back, "ended_deployments": report.ended}
    logger.info("agents", extra=counts)
    return counts


def _end_incidents(remaining_ms: Callable[[], int]) -> dict[str, Any]:
    ended = services.open_incidents.run(lambda: remaining_ms() > _RESERVE_MS)
    logger.info("open incidents", extra={"settled_certificates": ended})
    return {"settled_certificates": ended}


def _refuse_keys(remaining_ms: Callable[[], int]) -> dict[str, Any]:
    refused = services.key_follow_up.run(lambda: remaining_ms() > _RESERVE_MS)
    logger.info("keys of revoked and held certificates", extra={"refused_keys": refused})
    return {"refused_keys": refused}


def _finish_deletions(remaining_ms: Callable[[], int]) -> dict[str, Any]:
    report = services.catalog_deletions.run(lambda: remaining_ms() > _RESERVE_MS)
    counts = {"deleted_records": report.deleted, "restored_records": report.restored}
    logger.info("catalog deletions", extra=counts)
    return counts


def _review_policies(remaining_ms: Callable[[], int]) -> dict[str, Any]:
    started = services.policy_reviews.run(lambda: remaining_ms() > _RESERVE_MS)
    logger.info("policy reviews", extra={"policy_evaluations": started})
    return {"policy_evaluations": started}


def _keep_authorities(_: Callable[[], int]) -> dict[str, Any]:
    report = services.ca_upkeep.run()
    return {"retired_cas": list(report.retired), "cas_to_rotate": list(report.ending)}


def _index_for_search(remaining_ms: Callable[[], int]) -> dict[str, Any]:
    run = services.search_backfill.run(lambda: remaining_ms() > _RESERVE_OF_INDEXING_MS)
    logger.info("search entries", extra={"indexed_certificates": run.indexed, "is_done": run.is_done})
    return {"indexed_certificates": run.indexed}


def _renew_as_fallback(remaining_ms: Callable[[], int]) -> dict[str, Any]:
    renewed = services.renewal_stand_in.run(timedelta(milliseconds=remaining_ms()))
    if renewed is None:
        return {}
    logger.error("the renewal schedule is silent; renewals go on", extra={"renewed": renewed})
    return {"renewed": renewed}


def _recount(remaining_ms: Callable[[], int]) -> dict[str, Any]:
    recount = services.recounting.run(lambda: remaining_ms() > _RESERVE_OF_RECOUNT_MS)
    counts = {"shards_to_recount": len(recount.left)}
    if recount.left:
        logger.info("recount", extra=counts | {"corrected": recount.corrected})
    return counts
