"""Every five minutes: seals the audit trail, nudges due jobs whose nudge was lost, ends waits that timed
out, alerts about silent agents, ends incidents that nobody will resolve, ends API keys that a leaked one
made, takes from users what a changed access rule gave, refuses keys for which a revocation had no room,
finishes deletions of catalog records, evaluates policies again after an edit of a record that they refer
to, exempts certificates from edits of teams' names, announces the break-glass key, alerts about revocations
that are not public in time, retires CAs, writes missing search entries, renews while the renewal schedule is
silent, and recounts weekly."""

from collections.abc import Mapping
from typing import Any

from certctl.api import maintenance
from certctl.api.maintenance import Task
from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.observability import with_context

services = MaintenanceSchedule()
# In this order; each service is made when its task runs.
_TASKS: Mapping[str, Task] = {
    "seal": lambda clock: maintenance.seal(services.sealing, clock),
    "run_due_jobs": lambda clock: maintenance.run_due_jobs(services.due_jobs, clock),
    "check_agents": lambda clock: maintenance.check_agents(services.stale_agents, clock),
    "end_incidents": lambda clock: maintenance.end_incidents(services.open_incidents, clock),
    "end_leaked_keys": lambda clock: maintenance.end_leaked_keys(services.key_endings, clock),
    "withdraw_rules": lambda clock: maintenance.withdraw_rules(services.rule_withdrawals, clock),
    "refuse_keys": lambda clock: maintenance.refuse_keys(services.key_follow_up, clock),
    "finish_deletions": lambda clock: maintenance.finish_deletions(services.catalog_deletions, clock),
    "review_policies": lambda clock: maintenance.review_policies(services.policy_reviews, clock),
    "exempt_names": lambda clock: maintenance.exempt_names(services.name_exemptions, clock),
    "announce_break_glass": lambda _: maintenance.announce_break_glass(services.break_glass_watch),
    "report_delays": lambda _: maintenance.report_delays(services.revocation_delays),
    "keep_authorities": lambda _: maintenance.keep_authorities(services.ca_upkeep),
    "index_for_search": lambda clock: maintenance.index_for_search(services.search_backfill, clock),
    "renew_as_fallback": lambda clock: maintenance.renew_as_fallback(services.renewal_stand_in, clock),
    "recount": lambda clock: maintenance.recount(services.recounting, clock),
}


@with_context
def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    return maintenance.run_all(_TASKS, context.get_remaining_time_in_millis)
