"""Two teams that share a stack: their people, agents and endpoints, by HTTP."""

import base64
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.crypto.inventory.facts import parse
from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.credentials import CredentialKind, key_hash, new_credential_text
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.subjects import SubjectKind, new_subject
from certctl.domain.ids import new_id
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from certctl.store.inventory.endpoints import EndpointStore
from tests.support.agents.agents import AgentByHttp, AgentsByHttp
from tests.support.agents.probing import ENDPOINTS, ProbedByAgents
from tests.support.api.http import Answer, Client
from tests.support.inventory.importing import CERTIFICATES, Importer
from tests.support.issuing.issuing import Issuing

A, B = "t-a", "t-b"
DAY = timedelta(days=1)
_MAIL = {"to": "pki@example.com", "from_address": "certctl@example.com", "host": "8.8.8.8"}


@dataclass
class TwoTeams:
    """The teams A and B. Names below `b.example.com` are B's alone."""

    world: Issuing
    found_by: dict[str, AgentByHttp] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stack = self.world.stack
        self.agents = AgentsByHttp(self.world).with_defaults()
        catalog = self.stack.admin("catalog_api")
        for team, names in ((A, ["*:*"]), (B, ["DNS:**.b.example.com", "*:*"])):
            made = catalog.post("/api/v1/teams", {"id": team, "name": team, "allowed_names": names})
            assert made.status == 201, made.text
        channel = {"id": "mail", "kind": "Email", "settings": _MAIL}
        assert self.stack.admin("notifications_api").post("/api/v1/channels", channel).status == 201

    def key(self, *grants: Grant) -> str:
        """The text of a key that acts by these grants."""
        now = self.stack.clock()
        subject = new_subject(SubjectKind.SERVICE_ACCOUNT, list(grants), now)
        text = new_credential_text(CredentialKind.KEY, subject.ulid)
        key = ApiKey(
            id=new_id("key", now),
            name="of two grants",
            role=Role.ADMIN,
            teams=("*",),
            key_hash=key_hash(text),
            created_at=now,
            subject_id=subject.id,
        )
        rows = ApiKeyStore(self.stack.database).create_steps(key)
        self.stack.database.transact([SubjectStore(self.stack.database).create_step(subject), *rows])
        return text

    def api(self, team: str) -> Client:
        """The inventory, as an operator of the team."""
        return self.stack.client("inventory_api", self.stack.new_key(Role.OPERATOR, [team]))

    def imports(self, team: str) -> Importer:
        return Importer(self.api(team))

    def agent(self, team: str) -> AgentByHttp:
        """The team's agent, enrolled when it is needed first."""
        if team not in self.found_by:
            answer = self.agents.register(self.agents.token(team_id=team))
            assert answer.status == 201, answer.text
            client = self.agents.client(answer.body["key"])
            self.found_by[team] = AgentByHttp(answer.body["agent_id"], client)
        return self.found_by[team]

    def endpoint(self, team: str, host: str, *certificate_ids: str, **more: Any) -> Answer:
        """The answer to an operator of the team who has its agent probe an endpoint."""
        body = {
            "host": host,
            "server_name": "www.example.com",
            "prober": self.agent(team).id,
            "team_id": team,
        }
        return self.api(team).post(ENDPOINTS, body | {"certificate_ids": list(certificate_ids)} | more)

    def served(self, team: str, endpoint_id: str, *chain: bytes) -> None:
        """The team's agent reports what an endpoint shows."""
        texts = [base64.b64encode(each).decode() for each in chain]
        report = ProbedByAgents(self.agents).showing(endpoint_id, texts)
        answer = self.agent(team).poll_for_probes(report)
        assert answer.status == 200, answer.text

    def seen_on_host(self, team: str, der: bytes, host: str = "10.0.0.7") -> str:
        """The id of a free endpoint of the team that shows the certificate."""
        made = self.endpoint(team, host)
        assert made.status == 201, made.text
        self.served(team, made.body["id"], der)
        return str(made.body["id"])

    def seen(self, team: str, der: bytes) -> Answer:
        return self.api(team).get(f"{CERTIFICATES}/{parse(der).fingerprint}")

    def maintained(self, after: timedelta = timedelta()) -> None:
        self.stack.clock.advance(after)
        alerts = MaintenanceSchedule(self.stack.overrides).observed_alerts
        done = self.stack.privileges.within("maintenance_schedule", alerts).run(lambda: True)
        assert "errors" not in done

    def alerts(self, team: str, kind: str) -> list[Any]:
        """What the team was told, the oldest first."""
        listed = self.stack.admin("notifications_api").get("/api/v1/notifications", type=kind).body["data"]
        return [each for each in reversed(listed) if each["team_id"] == team]

    def attached_before(self, endpoint_id: str, certificate_id: str) -> None:
        """Attaches an endpoint as the first release with endpoints did, which asked for no right."""
        store = EndpointStore(self.stack.database)
        before = store.get(endpoint_id)
        assert before is not None
        after = replace(before, certificate_ids=(certificate_id,), is_attached_by_right=False)
        self.stack.database.transact(store.attach_steps(before, after))
