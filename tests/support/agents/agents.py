"""The agent's API as agents call it, and the requests of people around it."""

from dataclasses import dataclass
from typing import Any

from cryptography import x509

from certctl.crypto.fingerprints import fingerprint_sha256
from certctl.domain.catalog.record_kinds import Kind
from tests.support.api.http import Answer, Client
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing

AGENT = "/api/v1/agent"
TOKENS = "/api/v1/agents/bootstrap-tokens"
HOST = {"hostname": "web-1.example.com", "version": "1.0.0", "os": "linux", "architecture": "x86_64"}


@dataclass(frozen=True)
class AgentByHttp:
    """One agent with its key."""

    id: str
    client: Client

    def heartbeat(self, **changes: str) -> Answer:
        return self.client.post(f"{AGENT}/heartbeat", HOST | changes)

    def poll(self, longest_pause: int = 3600) -> Answer:
        """Polls like agents that take their work with the heartbeat."""
        return self.client.post(f"{AGENT}/heartbeat", HOST, Certctl_Max_Poll_Seconds=str(longest_pause))

    def poll_for_crls(self, *reports: Any) -> Answer:
        """Polls like agents whose hosts allow CRL bundles."""
        headers = {"Certctl_Max_Poll_Seconds": "3600", "Certctl_Crl_Bundles": "1"}
        body = HOST | ({"crl_bundles": list(reports)} if reports else {})
        return self.client.post(f"{AGENT}/heartbeat", body, **headers)

    def poll_for_probes(self, *reports: Any) -> Answer:
        """Polls like agents that probe."""
        body = HOST | ({"probes": list(reports)} if reports else {})
        return self.client.post(
            f"{AGENT}/heartbeat", body, Certctl_Max_Poll_Seconds="3600", Certctl_Probes="1"
        )

    def reports(self, digest: str | None, consent: Any = None) -> Answer:
        """A heartbeat of an agent whose host has a consent file."""
        body = HOST | ({"consent": consent} if consent else {})
        headers = {"Certctl_Consent": digest} if digest else {}
        return self.client.post(f"{AGENT}/heartbeat", body, **headers)

    def rotate(self) -> Answer:
        return self.client.post(f"{AGENT}/key/rotate")

    def work(self) -> list[dict[str, Any]]:
        answer = self.client.get(f"{AGENT}/work")
        assert answer.status == 200, answer.text
        listed: list[dict[str, Any]] = answer.body["data"]
        return listed

    def submit(self, job_id: str, pem: str) -> Answer:
        return self.client.post(f"{AGENT}/jobs/{job_id}/csr", {"csr_pem": pem})

    def start(self, job_id: str) -> Answer:
        return self.client.post(f"{AGENT}/jobs/{job_id}/start", {})

    def report(self, job_id: str, attempt: int, **result: Any) -> Answer:
        body = {"attempt": attempt, "outcome": "succeeded"} | result
        return self.client.post(f"{AGENT}/jobs/{job_id}/result", body)

    def version(self, certificate_id: str, serial: str) -> Answer:
        return self.client.get(f"{AGENT}/certificates/{certificate_id}/versions/{serial}")

    def deployed(self, work: dict[str, Any]) -> Answer:
        """Begun and reported as a success."""
        attempt = self.start(work["job_id"]).body["attempt"]
        return self.report(work["job_id"], attempt, served_fingerprint_sha256=work["fingerprint_sha256"])

    def failed(self, work: dict[str, Any], **result: Any) -> Answer:
        attempt = self.start(work["job_id"]).body["attempt"]
        told = {"outcome": "failed", "error": "nginx: test failed", "rolled_back": True} | result
        return self.report(work["job_id"], attempt, **told)


@dataclass(frozen=True)
class AgentsByHttp:
    world: Issuing

    def with_defaults(self) -> "AgentsByHttp":
        CatalogByHttp(self.world.stack).with_defaults()
        return self

    @property
    def catalog(self) -> CatalogByHttp:
        return CatalogByHttp(self.world.stack)

    def client(self, key: str | None) -> Client:
        return self.world.stack.client("agents_api", key)

    def token(self, pattern: str = "*.example.com", **fields: Any) -> str:
        answer = self.catalog.admin.post(TOKENS, {"hostname_pattern": pattern} | fields)
        assert answer.status == 201, answer.text
        return str(answer.body["token"])

    def register(self, token: str, **changes: str) -> Answer:
        return self.client(token).post(f"{AGENT}/register", HOST | changes)

    def enrolled(self, **changes: str) -> AgentByHttp:
        answer = self.register(self.token(), **changes)
        assert answer.status == 201, answer.text
        return AgentByHttp(answer.body["agent_id"], self.client(answer.body["key"]))

    def target(self, agent: AgentByHttp, **fields: Any) -> str:
        return str(self.catalog.made(Kind.TARGET, agent_id=agent.id, **fields)["id"])

    def asked(self, *target_ids: str, common_name: str = "www.example.com", **fields: Any) -> Any:
        """A certificate without a request."""
        body = {"common_name": common_name, "target_ids": list(target_ids)} | fields
        answer = self.world.api.post(CERTIFICATES, body)
        assert answer.status == 201, answer.text
        return answer.body

    def issued(self, agent: AgentByHttp, *target_ids: str, **fields: Any) -> Any:
        """One whose key the agent made; its deployments wait."""
        asked = self.asked(*target_ids, **fields)
        return self.given(agent, asked["id"])

    def given(self, agent: AgentByHttp, certificate_id: str) -> Any:
        """Every CSR that the agent must submit, signed."""
        for work in agent.work():
            if work["status"] == "AwaitingCSR":
                answer = agent.submit(work["job_id"], csr_pem(work["common_name"], [], new_key()))
                assert answer.status == 202, answer.text
        self.world.work()
        return self.world.read(certificate_id)

    def deployments(self, certificate_id: str) -> list[dict[str, Any]]:
        answer = self.world.api.get(f"{CERTIFICATES}/{certificate_id}/deployments")
        assert answer.status == 200, answer.text
        listed: list[dict[str, Any]] = answer.body["data"]
        return listed

    def deploy(self, certificate_id: str, *target_ids: str) -> Answer:
        body = {"target_ids": list(target_ids)} if target_ids else None
        return self.world.api.post(f"{CERTIFICATES}/{certificate_id}/deploy", body)


def fingerprint_of(pem: str) -> str:
    return fingerprint_sha256(x509.load_pem_x509_certificate(pem.encode()))
