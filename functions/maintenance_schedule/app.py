"""Every five minutes: seals the audit trail, nudges due jobs whose nudge was lost, ends waits that timed
out, alerts about silent agents, about certificates that others issued and about sources that do not
report, sends weekly digests, ends incidents that nobody will resolve, ends API keys that a leaked one
made, revokes EAB keys that a leaked one made, cancels open jobs of revoked EAB keys and ACME accounts,
deletes unused ACME accounts of the open EAB key, takes from users what a changed access rule gave,
refuses keys for which a revocation had no room, finishes deletions of catalog records, evaluates
policies again after an edit of a record that they refer to, exempts certificates from edits of teams'
names, announces the break-glass key, alerts about revocations that are not public in time, retires CAs,
writes missing search entries, renews while the renewal schedule is silent, recounts weekly, counts the
inventory nightly, and at last measures its margin and alerts about every cause that uses up one."""

from collections.abc import Mapping
from typing import Any

from certctl.api import maintenance
from certctl.api.maintenance import Task, Turn
from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.observability import with_context

services = MaintenanceSchedule()
# In this order; each service is made when its task runs.
_TASKS: Mapping[str, Task] = {
    "seal": lambda turn: maintenance.seal(services.sealing, turn),
    "run_due_jobs": lambda turn: maintenance.run_due_jobs(services.due_jobs, turn),
    "check_agents": lambda turn: maintenance.check_agents(services.stale_agents, turn.remaining_ms),
    "check_crls": lambda turn: maintenance.check_crls(services.stale_crls, turn.remaining_ms),
    "watch_inventory": lambda turn: maintenance.watch_inventory(
        services.observed_alerts, services.silent_scopes, turn.remaining_ms
    ),
    "send_digests": lambda turn: maintenance.send_digests(services.weekly_digests, turn.remaining_ms),
    "end_incidents": lambda turn: maintenance.end_incidents(services.open_incidents, turn.remaining_ms),
    "end_leaked_keys": lambda turn: maintenance.end_leaked_keys(services.key_endings, turn.remaining_ms),
    "settle_acme": lambda turn: maintenance.settle_acme(
        services.eab_key_leaks, services.acme_endings, services.unused_acme_accounts, turn.remaining_ms
    ),
    "withdraw_rules": lambda turn: maintenance.withdraw_rules(services.rule_withdrawals, turn.remaining_ms),
    "refuse_keys": lambda turn: maintenance.refuse_keys(services.key_follow_up, turn.remaining_ms),
    "finish_deletions": lambda turn: maintenance.finish_deletions(
        services.catalog_deletions, turn.remaining_ms
    ),
    "review_policies": lambda turn: maintenance.review_policies(services.policy_reviews, turn.remaining_ms),
    "exempt_names": lambda turn: maintenance.exempt_names(services.name_exemptions, turn.remaining_ms),
    "announce_break_glass": lambda _: maintenance.announce_break_glass(services.break_glass_watch),
    "report_delays": lambda _: maintenance.report_delays(services.revocation_delays),
    "keep_authorities": lambda turn: maintenance.keep_authorities(services.ca_upkeep, turn),
    "index_for_search": lambda turn: maintenance.index_for_search(
        services.search_backfill, turn.remaining_ms
    ),
    "renew_as_fallback": lambda turn: maintenance.renew_as_fallback(
        services.renewal_stand_in, turn.remaining_ms
    ),
    "recount": lambda turn: maintenance.recount(services.recounting, turn),
    "count_inventory": lambda turn: maintenance.count_inventory(services.inventory_census, turn.remaining_ms),
    "watch_margins": lambda turn: maintenance.watch_margins(
        services.standstill, services.margin, services.cause_alerts, turn
    ),
}


@with_context
def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    return maintenance.run_all(_TASKS, Turn(context.get_remaining_time_in_millis, services.now()))
