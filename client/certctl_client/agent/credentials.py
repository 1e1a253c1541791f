"""The agent's own key, which is rotated at two thirds of its lifetime; heartbeats report its expiry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from certctl_client.agent.consent.consent import Consent
from certctl_client.agent.control_plane import ControlPlane, Host
from certctl_client.agent.crls.passes import CrlPasses
from certctl_client.agent.events import LogEvent
from certctl_client.agent.probing import OrderedProbes
from certctl_client.agent.state import AgentKey, State
from certctl_client.api.responses import not_our_api
from certctl_client.errors import RequestFailed
from certctl_client.settings import checked_key

_UNAUTHORIZED, _UNPROCESSABLE = 401, 422
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Credentials:
    state: State
    server: ControlPlane
    host: Host
    consent: Callable[[], Consent]
    crls: CrlPasses
    probes: OrderedProbes
    log: LogEvent
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def poll(self, longest_pause: float) -> Mapping[str, Any]:
        """Sends heartbeats and rotates the key if it is due. Returns the last response. Raises Unavailable,
        or RequestFailed (401) if the key has expired."""
        response = self._polled(longest_pause)
        if not rotation_is_due(self.state.key(), self.now()) or not self._has_rotated():
            return response
        return self._polled(longest_pause)

    def _polled(self, longest_pause: float) -> Mapping[str, Any]:
        key = self.state.key()
        try:
            response = self._polled_with_consent(longest_pause)
        except RequestFailed as refused:
            if refused.status != _UNAUTHORIZED or key.previous is None:
                raise
            return self._back_to(key.previous, longest_pause)
        self._note(replace(key, expires_at=time_in(response, "key_expires_at"), previous=None), key)
        return response

    def _back_to(self, previous: str, longest_pause: float) -> Mapping[str, Any]:
        """Rotates the previous key again, because the server does not know the new one."""
        self.server.use(previous)
        response = self._polled_with_consent(longest_pause)
        self.state.keep_key(AgentKey(previous, _LONG_AGO, time_in(response, "key_expires_at")))
        return response

    def _polled_with_consent(self, longest_pause: float) -> Mapping[str, Any]:
        """Sends a heartbeat, and at once another one with the consent if the server does not know it."""
        consent = self.consent()
        response = self._polled_with_reports(longest_pause, consent)
        if response.get("consent_wanted") is not True:
            return response
        try:
            return self.server.poll(self.host, longest_pause, consent.digest, consent.as_wire)
        except RequestFailed as refused:
            if refused.status == _UNAUTHORIZED:
                raise
            self.log("consent_not_taken", status=refused.status, error=refused.message)
            return response

    def _polled_with_reports(self, longest_pause: float, consent: Consent) -> dict[str, Any]:
        """Reports CRL bundles and endpoints, unless the server refuses that: it went back to an earlier
        release."""
        crls, probes = self.crls.news(consent), self.probes.news()
        try:
            response = self.server.poll(self.host, longest_pause, consent.digest, crls=crls, probes=probes)
        except RequestFailed as refused:
            if not (crls or probes) or refused.status != _UNPROCESSABLE:
                raise
            self.log("reports_refused", error=refused.message)
            response = self.server.poll(self.host, longest_pause, consent.digest)
            self.probes.learn(response)
            return response
        self.crls.learn(response, crls)
        self.probes.learn(response)
        return response

    def _note(self, now: AgentKey, before: AgentKey) -> None:
        if now != before:
            self.state.keep_key(now)

    def _has_rotated(self) -> bool:
        """Stores the new key beside the old one before using it; deletes the old one once the server has
        accepted the new one."""
        try:
            response = self.server.rotate_key()
        except RequestFailed as refused:
            self.log("key_rotation_refused", status=refused.status, error=refused.message)
            return False
        new = key_in(response, self.now())
        self.state.keep_key(replace(new, previous=self.state.key().key))
        self.server.use(new.key)
        self.log("key_rotated", expires_at=new.expires_at)
        return True


def rotation_is_due(key: AgentKey, now: datetime) -> bool:
    return now >= key.issued_at + (key.expires_at - key.issued_at) * 2 / 3


def key_in(response: Mapping[str, Any], now: datetime) -> AgentKey:
    """Parses `{key, expires_at}`. Raises CommandError."""
    key = response.get("key")
    if not isinstance(key, str) or not key:
        raise not_our_api()
    return AgentKey(checked_key(key), now, time_in(response, "expires_at"))


def time_in(response: Mapping[str, Any], name: str) -> datetime:
    """Raises CommandError."""
    try:
        moment = datetime.fromisoformat(response[name])
    except (KeyError, TypeError, ValueError):
        raise not_our_api() from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
