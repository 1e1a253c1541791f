"""Enrols a host as an agent, with a bootstrap token or with the key of a registered agent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl_client.agent.control_plane import ControlPlane, Host
from certctl_client.agent.credentials import key_in, time_in
from certctl_client.agent.state import AgentKey, Enrolment, State
from certctl_client.api.responses import not_our_api
from certctl_client.errors import ConfigurationError


@dataclass(frozen=True)
class Place:
    """Facts that an administrator gives about this host. The consent file has what the agent may do."""

    url: str
    host: Host

    def enrolment(self, agent_id: object, name: object) -> Enrolment:
        if not isinstance(agent_id, str) or not agent_id:
            raise not_our_api()
        return Enrolment(self.url, agent_id, str(name or ""), self.host.hostname, has_consent_file=True)


def refuse_enrolled(state: State) -> None:
    """Refuses a host that has an agent, before a token is used up. Raises ConfigurationError."""
    if state.is_enrolled:
        raise ConfigurationError(
            f"{state.path} has an agent already: {state.enrolment().agent_id}.",
            "Use it, or enroll again with --force.",
        )


def enrolled_with_token(state: State, place: Place, token: str, now: Callable[[], datetime]) -> Enrolment:
    """Registers with a token. The response is on the disk when this returns: a token works only once."""
    with ControlPlane(place.url, token) as server:
        response = server.register(place.host)
    enrolment = place.enrolment(response.get("agent_id"), response.get("name"))
    state.keep_enrolment(enrolment, key_in(response, now()))
    return enrolment


def enrolled_with_key(state: State, place: Place, key: str, now: Callable[[], datetime]) -> Enrolment:
    with ControlPlane(place.url, key) as server:
        response = server.heartbeat(place.host)
    enrolment = place.enrolment(response.get("agent_id"), response.get("name"))
    state.keep_enrolment(enrolment, AgentKey(key, now(), time_in(response, "key_expires_at")))
    return enrolment
