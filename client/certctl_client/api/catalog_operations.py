"""What the client asks of the catalog: the same five operations of each kind.
`test_client_operations` holds them against docs/openapi.json, as those of `operations`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from certctl_client.api import catalog_records as records
from certctl_client.api import catalog_requests as requests
from certctl_client.api.operation import Operation
from certctl_client.api.records import Certificate
from certctl_client.api.requests import PageQuery


@dataclass(frozen=True)
class CatalogOperations:
    """Of one kind. `create` may answer more than the record."""

    list: Operation[Any]
    get: Operation[Any]
    create: Operation[Any]
    edit: Operation[Any]
    delete: Operation[None]

    @property
    def record(self) -> type[Any]:
        answer: type[Any] = self.get.answer
        return answer

    @property
    def body(self) -> type[Any]:
        """Of POST and PUT alike."""
        return self.create.body or dict


def _operations(
    path: str,
    record: type[Any],
    body: type[Any],
    filters: type[Any],
    created: type[Any] | None = None,
    deletion: type[Any] | None = None,
) -> CatalogOperations:
    every = f"/api/v1/{path}"
    one = f"{every}/{{{_singular(path)}_id}}"
    return CatalogOperations(
        list=Operation("GET", every, record, query=filters, is_list=True),
        get=Operation("GET", one, record),
        create=Operation("POST", every, created or record, body=body, takes_key=True),
        edit=Operation("PUT", one, record, body=body),
        delete=Operation("DELETE", one, type(None), query=deletion),
    )


def _singular(path: str) -> str:
    """`renewal-policies` -> `renewal_policy`."""
    words = path.replace("-", "_")
    return f"{words.removesuffix('ies')}y" if words.endswith("ies") else words.removesuffix("s")


OPERATIONS: Mapping[str, CatalogOperations] = {
    "issuers": _operations("issuers", records.Issuer, requests.IssuerBody, requests.IssuerFilters),
    "targets": _operations("targets", records.Target, requests.TargetBody, requests.TargetFilters),
    "owners": _operations("owners", records.Owner, requests.OwnerBody, requests.OwnerFilters),
    "teams": _operations("teams", records.Team, requests.TeamBody, requests.EntryFilters),
    "profiles": _operations("profiles", records.Profile, requests.ProfileBody, requests.EntryFilters),
    "policies": _operations("policies", records.Policy, requests.PolicyBody, requests.PolicyFilters),
    "renewal-policies": _operations(
        "renewal-policies", records.RenewalPolicy, requests.RenewalPolicyBody, requests.EntryFilters
    ),
    "agents": _operations(
        "agents",
        records.Agent,
        requests.AgentBody,
        requests.AgentFilters,
        created=records.RegisteredAgent,
        deletion=requests.Retirement,
    ),
}

CREATE_BOOTSTRAP_TOKEN = Operation(
    "POST",
    "/api/v1/agents/bootstrap-tokens",
    records.BootstrapToken,
    body=requests.NewBootstrapToken,
    takes_key=True,
)
LIST_BOOTSTRAP_TOKENS = Operation(
    "GET", "/api/v1/agents/bootstrap-tokens", records.LiveToken, query=PageQuery, is_list=True
)
END_BOOTSTRAP_TOKEN = Operation("DELETE", "/api/v1/agents/bootstrap-tokens/{token_id}", type(None))
TEST_ISSUER = Operation("POST", "/api/v1/issuers/{issuer_id}/test", records.Test, is_idempotent=True)
TEST_TARGET = Operation("POST", "/api/v1/targets/{target_id}/test", records.Test, is_idempotent=True)
LIST_CERTIFICATES_OF_TARGET = Operation(
    "GET", "/api/v1/targets/{target_id}/certificates", Certificate, query=PageQuery, is_list=True
)
LIST_VIOLATIONS = Operation(
    "GET", "/api/v1/violations", records.Violation, query=requests.ViolationFilters, is_list=True
)
LIST_VIOLATIONS_OF_POLICY = Operation(
    "GET",
    "/api/v1/policies/{policy_id}/violations",
    records.Violation,
    query=requests.ViolationFilters,
    is_list=True,
)
