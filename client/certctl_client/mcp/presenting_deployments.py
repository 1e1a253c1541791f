"""Agents and deployments as the tools answer them; as in `presenting`."""

from certctl_client.api.catalog_records import Agent
from certctl_client.api.job_records import Deployment
from certctl_client.catalog.consents import allowed_in_short
from certctl_client.mcp.marking import Marking
from certctl_client.mcp.models_deployments import AgentRecord, DeploymentRecord


def deployment(marking: Marking, record: Deployment) -> DeploymentRecord:
    word, optional = marking.word, marking.optional_word
    return DeploymentRecord(
        job_id=word(record["job_id"]),
        target_id=optional(record["target_id"]),
        agent_id=optional(record["agent_id"]),
        serial_number=optional(record["serial_number"]),
        status=word(record["status"]),
        attempts=record["attempts"],
        max_attempts=record["max_attempts"],
        created_at=word(record["created_at"]),
        started_at=optional(record["started_at"]),
        completed_at=optional(record["completed_at"]),
        untrusted_last_error=marking.optional_text(record["last_error"]),
    )


def agent(marking: Marking, record: Agent) -> AgentRecord:
    platform = " ".join((record["agent_version"], record["os"], record["architecture"]))
    return AgentRecord(
        id=marking.word(record["id"]),
        team_id=marking.word(record["team_id"]),
        status=marking.word(record["status"]),
        last_heartbeat_at=marking.optional_word(record["last_heartbeat_at"]),
        next_contact_at=marking.optional_word(record.get("next_contact_at")),
        registered_at=marking.word(record["registered_at"]),
        untrusted_name=marking.text(record["name"]),
        untrusted_hostname=marking.text(record["hostname"]),
        untrusted_platform=marking.text(platform),
        untrusted_allows=marking.optional_text(allowed_in_short(record)),
    )
