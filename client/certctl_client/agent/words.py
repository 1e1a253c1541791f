"""Says each event of the log in a sentence, for people who read the journal."""

from collections.abc import Mapping
from typing import Any

SENTENCES: Mapping[str, str] = {
    "agent_started": "Agent {agent_id} ({version}) started on {hostname}; it polls {url}.",
    "agent_stopped": "The agent stopped.",
    "polled": "Polled: {jobs} open; next poll in {next_poll_seconds} s.",
    "server_unavailable": "No answer from the server: {error} Next try in {retry_in_seconds} s.",
    "round_refused": "The server refused the poll: {error} Next try in {retry_in_seconds} s.",
    "round_failed": "The poll failed: {error} Next try in {retry_in_seconds} s.",
    "request_submitted": "Submitted the CSR for certificate {certificate_id}: {status}.",
    "work_refused": "Job {job_id} cannot be done: {reason}",
    "deployment_begins": "Deploying to target {target}.",
    "deployment_resumed": "Continuing a deployment that an earlier run left (phase {phase}).",
    "deployment_waits": "A deployment waits: {error}",
    "deployment_dropped": "The server has ended this deployment ({status}): {error}",
    "deployment_failed": "The deployment failed: {reason}",
    "rolled_back": "Restored the previous files.",
    "rollback_failed": "RESTORING THE PREVIOUS FILES FAILED (try {tries}): {error}",
    "former_files_kept": "The previous files, keys among them, are kept in {directory}.",
    "deployment_reported": "Reported the deployment: {outcome}.",
    "crls_installed": "Installed the CRLs of target {target}: numbers {numbers}.",
    "crls_kept": "The CRLs of target {target} are not up to date: {problem}",
    "crls_restored": "Restored the previous CRL files of target {target}.",
    "crl_bundles_refused": "Server and agent do not agree on CRL bundles: {error}",
    "reports_refused": "The server does not take reports on CRL bundles or endpoints: {error}",
    "endpoints_probed": "Probed {count} endpoints for the server; {refused} are not allowed here.",
    "probe_refused": "An ordered probe is not made: {reason}",
    "probes_forgotten": "The probes that were ordered are forgotten: {reason}",
    "crl_pass_failed": "The CRLs could not be renewed: {error}",
    "crls_stale": "ALERT: a CRL of target {target} has less than a third of its validity left, "
    "until {next_update}. Then the server refuses every client.",
    "stale_command_failed": "The command for a stale CRL of target {target} failed: {error}",
    "consent": "What this host allows: {file} (from the {source}).",
    "consent_unusable": "WARNING: {warning}",
    "consent_missing": "WARNING: {warning}",
    "consent_open": "WARNING: {warning}",
    "consent_not_taken": "The server did not accept the report of what this host allows: {error}",
    "key_rotated": "Rotated the agent's own key; the new one expires at {expires_at}.",
    "key_rotation_refused": "The server refused to rotate the agent's key: {error}",
}
"""The `error` and the `reason` end with a full stop of their own."""

URGENT = frozenset({"crls_stale", "rollback_failed"})
"""Events that the journal has at the priority of errors (sd-daemon(3))."""


class _Fields(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "-"


def sentence(event: str, fields: Mapping[str, Any]) -> str:
    """The sentence, with the job's id at the end. An unknown event is shown by its name and fields."""
    template = SENTENCES.get(event)
    if template is None:
        return " ".join([event, *(f"{name}={value}" for name, value in fields.items())])
    text = template.format_map(_Fields(fields))
    job = fields.get("job_id")
    return f"{text} [{job}]" if job and "{job_id}" not in template else text
