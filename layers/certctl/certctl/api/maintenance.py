"""Tasks of maintenance_schedule, of all rooms: what each may spend of a run, logs, and reports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from certctl.domain.insights.margins import (
    Cause,
    corrected_counters,
    ending_ca,
    failed_task,
    unsealed,
    waiting_jobs,
)
from certctl.domain.times import to_wire_or_none
from certctl.observability import logger, needs_person

if TYPE_CHECKING:
    from certctl.services.access.break_glass import BreakGlassWatch
    from certctl.services.acme.endings import AcmeEndings
    from certctl.services.acme.unused_accounts import UnusedAccounts
    from certctl.services.agents.silence import StaleAgents
    from certctl.services.agents.stale_crls import StaleCrls
    from certctl.services.audit.sealing import AuditSealer
    from certctl.services.authorities.lifecycle import CaLifecycle
    from certctl.services.catalog.deletions import CatalogDeletions
    from certctl.services.catalog.rule_withdrawals import RuleWithdrawals
    from certctl.services.certificates.incidents import OpenIncidents
    from certctl.services.certificates.search_backfill import SearchBackfill
    from certctl.services.insights.margin_watch import CauseAlerts, StandstillWatch
    from certctl.services.insights.margins import Margin
    from certctl.services.insights.recounting import CounterRecount
    from certctl.services.inventory.census.counting import InventoryCensus
    from certctl.services.inventory.observed_alerts import ObservedAlerts
    from certctl.services.inventory.silent_scopes import SilentScopes
    from certctl.services.jobs.due import DueJobs
    from certctl.services.notifications.digests.weekly import WeeklyDigests
    from certctl.services.policies.name_exemptions import NameExemptions
    from certctl.services.policies.reviews import PolicyReviews
    from certctl.services.renewal.fallback import FallbackRenewal
    from certctl.services.revocation.keys import KeyFollowUp
    from certctl.services.status.watching.delays import RevocationDelays
    from certctl.unit_of_work.access.eab_key_leaks import EabKeyLeaks

    # not at import: a task is loaded when it runs, and none for the failure of another
    from certctl.unit_of_work.access.key_endings import KeyEndings

type Clock = Callable[[], int]
"""Milliseconds until the invocation ends."""


@dataclass(frozen=True)
class Turn:
    """One run. Tasks add what uses up the margin of maintenance to `causes`, and what only a person mends to
    `concerns`."""

    remaining_ms: Clock
    now: datetime
    causes: list[Cause] = field(default_factory=list)
    concerns: list[Cause] = field(default_factory=list)


type Task = Callable[[Turn], dict[str, Any]]
"""Returns its part of the report."""

# Sealing after an outage takes half of the time; jobs continue until it ends.
_RESERVE_OF_SEALING_MS = 60_000
_RESERVE_OF_INDEXING_MS = 30_000
_RESERVE_MS = 10_000
_MOST_OF_DIGESTS_MS = 20_000
# One shard of a million certificates takes ten seconds, the list of all of them ten more.
_RESERVE_OF_RECOUNT_MS = 30_000
# A hundred certificates to be forgotten, and what was counted of thousands of teams, take some seconds.
_RESERVE_OF_CENSUS_MS = 20_000


def run_all(tasks: Mapping[str, Task], turn: Turn) -> dict[str, Any]:
    """Runs all tasks; failures are raised at the end, so that the invocation counts as an error. The last
    task reports the causes that the others found, failures included."""
    report: dict[str, Any] = {}
    failures: list[Exception] = []
    for name, task in tasks.items():
        try:
            report |= task(turn)
        except Exception as error:
            logger.exception("maintenance failed", extra={"task": name})
            turn.causes.append(failed_task(name))
            failures.append(error)
    if failures:
        raise failures[0]
    return report


def seal(sealer: "AuditSealer", turn: Turn) -> dict[str, Any]:
    """Seals events after the newest seal of the bucket, not of the rows that index it: these may be forged
    (ADR 11)."""
    report = sealer.run(lambda: turn.remaining_ms() > _RESERVE_OF_SEALING_MS)
    if report.cutoff is not None:
        turn.causes.append(unsealed(turn.now - report.cutoff))
    counts = {"seals": report.seals, "sealed_events": report.events, "late_events": report.late}
    logger.info("audit seals", extra=counts | {"cutoff": to_wire_or_none(report.cutoff)})
    return counts


def run_due_jobs(jobs: "DueJobs", turn: Turn) -> dict[str, Any]:
    report = jobs.run(lambda: turn.remaining_ms() > _RESERVE_MS)
    if report.oldest is not None:
        turn.causes.append(waiting_jobs(turn.now - report.oldest))
    counts = {"nudged": report.nudged, "timed_out": report.timed_out}
    logger.info("due jobs", extra=counts)
    return counts


def check_agents(agents: "StaleAgents", remaining_ms: Clock) -> dict[str, Any]:
    report = agents.run(lambda: remaining_ms() > _RESERVE_MS)
    counts = {"silent_agents": report.silent, "agents_back": report.back, "ended_deployments": report.ended}
    if agents.correct_count():
        logger.warning("the number of agents was wrong: it is corrected")
    logger.info("agents", extra=counts)
    return counts


def check_crls(crls: "StaleCrls", remaining_ms: Clock) -> dict[str, Any]:
    done = crls.run(lambda: remaining_ms() > _RESERVE_MS)
    counts = {"stale_crls": done["alerted"], "renewed_crls": done["renewed"]}
    logger.info("installed CRLs", extra=counts)
    return counts


def watch_inventory(alerts: "ObservedAlerts", scopes: "SilentScopes", remaining_ms: Clock) -> dict[str, Any]:
    done = alerts.run(lambda: remaining_ms() > _RESERVE_MS)
    heard = scopes.run(lambda: remaining_ms() > _RESERVE_MS)
    counts = {
        "unmanaged_expiries": done["expiring"],
        "unknown_issuances": done["unknown"],
        "lost_issuances": done["lost"],
        "ended_expiries": done["ended"],
        "failed_observed": done["errors"],
        "silent_scopes": heard["silent"],
        "scopes_back": heard["back"],
    }
    logger.info("inventory", extra=counts)
    return counts


def send_digests(digests: "WeeklyDigests", remaining_ms: Clock) -> dict[str, Any]:
    """The other tasks of a run keep their time on the morning on which all digests are due."""
    ends_at = max(remaining_ms() - _MOST_OF_DIGESTS_MS, _RESERVE_MS)
    done = digests.run(lambda: remaining_ms() > ends_at)
    counts = {f"{name}_digests": done[name] for name in ("sent", "empty", "unsent")}
    counts["failed_digests"] = done["errors"]
    logger.info("weekly digests", extra=counts)
    return counts


def end_incidents(incidents: "OpenIncidents", remaining_ms: Clock) -> dict[str, Any]:
    ended = incidents.run(lambda: remaining_ms() > _RESERVE_MS)
    logger.info("open incidents", extra={"settled_certificates": ended})
    return {"settled_certificates": ended}


def withdraw_rules(withdrawals: "RuleWithdrawals", remaining_ms: Clock) -> dict[str, Any]:
    withdrawn = withdrawals.run(lambda: remaining_ms() > _RESERVE_MS)
    logger.info("changed access rules", extra={"users_with_fewer_grants": withdrawn})
    return {"users_with_fewer_grants": withdrawn}


def end_leaked_keys(endings: "KeyEndings", remaining_ms: Clock) -> dict[str, Any]:
    ended = endings.run(lambda: remaining_ms() > _RESERVE_MS)
    logger.info("leaked API keys", extra={"ended_keys": ended})
    return {"ended_keys": ended}


def settle_acme(
    leaks: "EabKeyLeaks", endings: "AcmeEndings", unused: "UnusedAccounts", remaining_ms: Clock
) -> dict[str, Any]:
    def has_time() -> bool:
        return remaining_ms() > _RESERVE_MS

    counts = {
        "leaked_eab_keys": leaks.run(has_time),
        "cancelled_acme_jobs": endings.run(has_time),
        "unused_acme_accounts": unused.run(has_time),
    }
    logger.info("EAB keys and ACME accounts", extra=counts)
    return counts


def refuse_keys(keys: "KeyFollowUp", remaining_ms: Clock) -> dict[str, Any]:
    refused = keys.run(lambda: remaining_ms() > _RESERVE_MS)
    logger.info("keys of revoked and held certificates", extra={"refused_keys": refused})
    return {"refused_keys": refused}


def finish_deletions(deletions: "CatalogDeletions", remaining_ms: Clock) -> dict[str, Any]:
    report = deletions.run(lambda: remaining_ms() > _RESERVE_MS)
    counts = {"deleted_records": report.deleted, "restored_records": report.restored}
    logger.info("catalog deletions", extra=counts)
    return counts


def review_policies(reviews: "PolicyReviews", remaining_ms: Clock) -> dict[str, Any]:
    started = reviews.run(lambda: remaining_ms() > _RESERVE_MS)
    logger.info("policy reviews", extra={"policy_evaluations": started})
    return {"policy_evaluations": started}


def exempt_names(exemptions: "NameExemptions", remaining_ms: Clock) -> dict[str, Any]:
    report = exemptions.run(lambda: remaining_ms() > _RESERVE_MS)
    counts = {"names_exemptions": report.marked, "names_reminders": report.reminded}
    logger.info("names of teams", extra=counts)
    return counts


def announce_break_glass(watch: "BreakGlassWatch") -> dict[str, Any]:
    return {"break_glass_announcements": watch.run()}


def report_delays(delays: "RevocationDelays") -> dict[str, Any]:
    return {"delay_alerts": delays.run()}


def keep_authorities(lifecycle: "CaLifecycle", turn: Turn) -> dict[str, Any]:
    report = lifecycle.run()
    turn.concerns.extend(map(ending_ca, report.ending))
    return {"retired_cas": list(report.retired), "cas_to_rotate": list(report.ending)}


def index_for_search(backfill: "SearchBackfill", remaining_ms: Clock) -> dict[str, Any]:
    run = backfill.run(lambda: remaining_ms() > _RESERVE_OF_INDEXING_MS)
    logger.info("search entries", extra={"indexed_certificates": run.indexed, "is_done": run.is_done})
    return {"indexed_certificates": run.indexed}


def renew_as_fallback(renewal: "FallbackRenewal", remaining_ms: Clock) -> dict[str, Any]:
    renewed = renewal.run(timedelta(milliseconds=remaining_ms()))
    if renewed is None:
        return {}
    logger.error("the renewal schedule is silent; renewals go on", extra={"renewed": renewed})
    return {"renewed": renewed}


def recount(counters: "CounterRecount", turn: Turn) -> dict[str, Any]:
    progress = counters.run(lambda: turn.remaining_ms() > _RESERVE_OF_RECOUNT_MS)
    turn.concerns.extend([corrected_counters()] if progress.found_drift else [])
    counts = {"shards_to_recount": len(progress.left)}
    if progress.left:
        logger.info("recount", extra=counts | {"corrected": progress.corrected})
    return counts


def count_inventory(census: "InventoryCensus", remaining_ms: Clock) -> dict[str, Any]:
    done = census.run(lambda: remaining_ms() > _RESERVE_OF_CENSUS_MS)
    counts = {"counted_observed": done["counted"], "forgotten_observed": done["forgotten"]}
    counts |= {"cas_warned_of": done["warned"], "settled_ca_warnings": done["settled"]}
    if done:
        logger.info("inventory count", extra=counts | {"figures": done["published"]})
    return counts


def watch_margins(
    watch: "StandstillWatch", margin: "Margin", alerts: "CauseAlerts", turn: Turn
) -> dict[str, Any]:
    """Measures before it alerts: an alarm must not wait for a channel's rows."""
    own, others = watch.causes()
    own = [*turn.causes, *own]
    margin.measure(own)
    for concern in turn.concerns:
        needs_person(concern.text)
    return {"stack_alerts": alerts.report([*own, *others, *turn.concerns])}
