"""Endpoints that agents probe, and the reports of their probes on the wire."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from certctl.domain.times import to_wire
from tests.support.agents.agents import AgentByHttp, AgentsByHttp
from tests.support.api.http import Answer, Client

ENDPOINTS = "/api/v1/endpoints"


@dataclass(frozen=True)
class ProbedByAgents:
    agents: AgentsByHttp

    @property
    def api(self) -> Client:
        """An administrator's."""
        return self.agents.world.stack.admin("inventory_api")

    def endpoint(self, agent: AgentByHttp, host: str = "10.0.0.7") -> str:
        """The id of an endpoint without certificates."""
        body = {"host": host, "server_name": "www.example.com", "prober": agent.id, "team_id": "t-default"}
        created = self.api.post(ENDPOINTS, body)
        assert created.status == 201, created.text
        return str(created.body["id"])

    def shown(self, endpoint_id: str) -> list[dict[str, Any]]:
        """What its addresses showed last."""
        answer = self.api.get(f"{ENDPOINTS}/{endpoint_id}")
        showing: list[dict[str, Any]] = answer.body["showing"]
        return showing

    def report(self, endpoint_id: str, **fields: Any) -> dict[str, Any]:
        """A report of a probe five minutes later."""
        self.agents.world.stack.clock.advance(timedelta(minutes=5))
        return {"endpoint_id": endpoint_id, "probed_at": to_wire(self.agents.world.stack.clock()), **fields}

    def showing(self, endpoint_id: str, *chains: Sequence[str], address: str = "10.0.0.7") -> dict[str, Any]:
        """A report of handshakes that showed these chains, in base64."""
        handshakes = [
            {"offer": offer, "version": "TLSv1.3", "chain": list(chain)}
            for offer, chain in zip(("default", "rsa", "ecdsa", "tls1.1"), chains, strict=False)
        ]
        return self.report(endpoint_id, addresses=[{"address": address, "handshakes": handshakes}])

    def poll(self, agent: AgentByHttp, endpoint_id: str, *chains: Sequence[str]) -> Answer:
        """A poll with a report of these chains."""
        return agent.poll_for_probes(self.showing(endpoint_id, *chains))
