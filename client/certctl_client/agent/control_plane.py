"""The agent's API over HTTP. Retries are left to the agent's loop."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from certctl_client import __version__
from certctl_client.agent.errors import Unavailable
from certctl_client.api.problems import request_failed
from certctl_client.api.responses import json_object, not_our_api, records_in
from certctl_client.api.retrying import retry_after
from certctl_client.api.unreachable import reason_and_advice

_PREFIX = "/api/v1/agent"
_TIMEOUT = httpx.Timeout(35.0, connect=5.0)
_MOST_PAGES = 50
_MAX_POLL = "Certctl-Max-Poll-Seconds"
_CONSENT = "Certctl-Consent"
_CRL_BUNDLES = "Certctl-Crl-Bundles"
_PROBES = "Certctl-Probes"


@dataclass(frozen=True)
class Host:
    """Facts that the agent reports about its host."""

    hostname: str
    os: str
    architecture: str
    version: str = __version__

    def as_body(self) -> dict[str, str]:
        return {
            "hostname": self.hostname,
            "version": self.version,
            "os": self.os,
            "architecture": self.architecture,
        }


def this_host(hostname: str | None = None) -> Host:
    return Host(hostname or platform.node(), platform.system().lower(), platform.machine())


class ControlPlane:
    """One server, one key. A context manager. Every method raises Unavailable, or RequestFailed for a
    refusal. `takes_untouched` is known after the first poll: earlier releases refuse that field of a result.

    Never follows a redirect, because the key would be sent there too.
    """

    def __init__(self, url: str, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}", "User-Agent": f"certctl-agent/{__version__}"}
        self.takes_untouched = False
        self._client = httpx.Client(base_url=url + _PREFIX, headers=headers, timeout=_TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def use(self, key: str) -> None:
        """Uses another key from the next request on."""
        self._client.headers["Authorization"] = f"Bearer {key}"

    def register(self, host: Host) -> dict[str, Any]:
        """Registers with a bootstrap token, which is then used up. Returns `{agent_id, name, key,
        expires_at}`."""
        return self._call("POST", "/register", host.as_body())

    def heartbeat(self, host: Host) -> dict[str, Any]:
        return self._call("POST", "/heartbeat", host.as_body())

    def poll(
        self,
        host: Host,
        longest_pause: float,
        digest: str,
        consent: Mapping[str, Any] | None = None,
        crls: Sequence[Mapping[str, Any]] | None = None,
        probes: Sequence[Mapping[str, Any]] | None = None,
    ) -> dict[str, Any]:
        """Sends a heartbeat. The response has the work too, as `work` and `next_cursor`, unless the server is
        of an earlier release, which ignores the headers. `consent` is sent to a server that has returned
        `consent_wanted` for its digest. `crls` are reports about CRL bundles; unless it is None, the response
        has the agent's. `probes` are reports of endpoints; unless it is None, the response may have orders of
        such."""
        headers = {_MAX_POLL: str(round(longest_pause)), _CONSENT: digest}
        headers |= {} if crls is None else {_CRL_BUNDLES: "1"}
        headers |= {} if probes is None else {_PROBES: "1"}
        extra = {"consent": consent, "crl_bundles": crls, "probes": probes}
        body = host.as_body() | {name: value for name, value in extra.items() if value}
        response = self._call("POST", "/heartbeat", body, headers=headers)
        self.takes_untouched = "consent_wanted" in response
        return response

    def rotate_key(self) -> dict[str, Any]:
        """Requests a new key. Returns `{key, expires_at}`; the old key stays valid for a while."""
        return self._call("POST", "/key/rotate", {})

    def work(self, cursor: str | None = None) -> Iterator[tuple[list[dict[str, Any]], float]]:
        """Reads pages of open jobs, each with the seconds until the next poll."""
        for _ in range(_MOST_PAGES):
            page = self._call("GET", "/work", parameters={"cursor": cursor} if cursor else None)
            yield records_in(page), seconds_in(page)
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def submit_request(self, job_id: str, csr_pem: str) -> dict[str, Any]:
        return self._call("POST", f"/jobs/{job_id}/csr", {"csr_pem": csr_pem})

    def start(self, job_id: str) -> int:
        """Claims the job, also once more after a crash. Returns the number of the attempt."""
        attempt = self._call("POST", f"/jobs/{job_id}/start", {}).get("attempt")
        if not isinstance(attempt, int):
            raise not_our_api()
        return attempt

    def report(self, job_id: str, result: Mapping[str, Any]) -> dict[str, Any]:
        return self._call("POST", f"/jobs/{job_id}/result", result)

    def version(self, certificate_id: str, serial_number: str) -> dict[str, Any]:
        return self._call("GET", f"/certificates/{certificate_id}/versions/{serial_number}")

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        response = self._sent(method, path, json=body, params=parameters, headers=headers)
        if response.status_code == 429 or response.status_code >= 500:
            raise Unavailable(f"The server returned {response.status_code}.", retry_after(response))
        if not response.is_success:
            raise request_failed(response)
        return json_object(response)

    def _sent(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **request)
        except (httpx.HTTPError, OSError) as error:
            reason, advice = reason_and_advice(error)
            if "--ca-cert" in advice:  # the client's option
                advice = "For a private CA: set SSL_CERT_FILE to a PEM file with it (docs/agent.md)."
            raise Unavailable(f"The server cannot be reached: {reason}.", advice=advice) from None


def seconds_in(response: Mapping[str, Any]) -> float:
    """Seconds until the next poll; 0 if the server does not state them."""
    seconds = response.get("poll_after_seconds")
    return float(seconds) if isinstance(seconds, int | float) else 0.0
