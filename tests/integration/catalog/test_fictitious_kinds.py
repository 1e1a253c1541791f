"""A kind of issuer and a kind of target that only a registry knows, from the API to a certificate."""

from collections.abc import Iterator
from typing import Any

import pytest

from certctl.domain.catalog.record_kinds import Kind
from examples.lab_ca import LAB_CA, Lab, LabIssuers
from functions.external_issuer_worker.app import lambda_handler as external_issuer_worker
from tests.support.catalog.catalog import PATHS, a_body
from tests.support.catalog.fictitious import KEYSTORE, KINDS
from tests.support.functions.deployed import Deployed
from tests.support.functions.lambda_context import Context
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing, received

GOOD: dict[str, Any] = {
    "server": "https://lab.example.com",
    "credentials": {"password": "certctl/blue/issuers/lab"},
    "level": "high",
}
KEYSTORE_OF_SHOP = {"keystore_path": "/srv/shop.p12"}


@pytest.fixture
def lab(stack: Deployed) -> Lab:
    return Lab(stack.clock)


@pytest.fixture
def control(stack: Deployed, lab: Lab) -> Iterator[Issuing]:
    """A stack whose composition has two kinds more."""
    stack.kinds, stack.issuers = KINDS, {LAB_CA.type: LabIssuers(lab).build}
    stack.restart()
    with issuing(stack) as control:
        yield control


def made_issuer(control: Issuing, **fields: Any) -> dict[str, Any]:
    body = a_body(Kind.ISSUER, type=LAB_CA.type, config=GOOD, **fields)
    answer = control.stack.admin("catalog_api").post(PATHS[Kind.ISSUER], body)
    assert answer.status == 201, answer.text
    made: dict[str, Any] = answer.body
    return made


def ordered(control: Issuing, issuer: dict[str, Any], name: str = "www.example.com") -> Any:
    pem = csr_pem(name, [name], new_key())
    body = {"common_name": name, "sans": [f"DNS:{name}"], "issuer_id": issuer["id"], "csr_pem": pem}
    return control.api.post(CERTIFICATES, body)


def work(control: Issuing) -> None:
    """Runs the worker of external issuers until its queue is empty."""
    worker = control.stack.privileges.of("external_issuer_worker", external_issuer_worker)
    while records := received("external_jobs"):
        assert worker({"Records": records}, Context()) == {"batchItemFailures": []}


def refused_fields(answer: Any) -> list[str]:
    assert answer.status == 422, answer.text
    return [problem["field"] for problem in answer.body["errors"]]


def test_types_are_described_with_their_settings(control: Issuing) -> None:
    api = control.stack.admin("catalog_api")

    issuers, targets = (
        api.get("/api/v1/issuer-types").body["data"],
        api.get("/api/v1/target-types").body["data"],
    )

    assert [each["type"] for each in issuers] == [definition.type for definition in KINDS.issuers]
    assert [(s["name"], s["form"], s["required"]) for s in issuers[-1]["settings"]] == [
        ("server", "text", True),
        ("credentials.password", "secret", True),
        ("level", "choice", False),
    ]
    assert targets[-1]["type"] == KEYSTORE.type
    assert [setting["default"] for setting in targets[-1]["settings"]] == [None, ["shopctl", "reload"]]


@pytest.mark.parametrize("path", ["/api/v1/issuer-types", "/api/v1/target-types"])
def test_types_that_a_client_has_are_not_sent_again(control: Issuing, path: str) -> None:
    api = control.stack.admin("catalog_api")

    again = api.send("GET", path, headers={"if-none-match": api.get(path).headers["ETag"]})

    assert (again.status, again.text) == (304, "")


def test_an_issuer_is_made_listed_and_edited(control: Issuing) -> None:
    api, made = control.stack.admin("catalog_api"), made_issuer(control)

    listed = api.get(PATHS[Kind.ISSUER], type=LAB_CA.type).body["data"]
    body = {"name": "Lab", "type": LAB_CA.type, "config": GOOD | {"level": "normal"}}
    edited = api.put(f"{PATHS[Kind.ISSUER]}/{made['id']}", body)

    assert [record["id"] for record in listed] == [made["id"]]
    assert (edited.status, edited.body["config"]["level"]) == (200, "normal")


@pytest.mark.parametrize(
    ("type_", "config", "fields"),
    [
        (LAB_CA.type, {}, ["config.server", "config.credentials"]),
        (LAB_CA.type, GOOD | {"credentials": {"password": "plain text"}}, ["config.credentials"]),
        (LAB_CA.type, GOOD | {"level": "low", "url": "x"}, ["config.url", "config.level"]),
        ("NoCA", GOOD, ["type"]),
    ],
)
def test_what_its_definition_does_not_allow_is_refused(
    control: Issuing, type_: str, config: dict[str, Any], fields: list[str]
) -> None:
    body = a_body(Kind.ISSUER, type=type_, config=config)

    assert refused_fields(control.stack.admin("catalog_api").post(PATHS[Kind.ISSUER], body)) == fields


@pytest.mark.parametrize("fault", [None, "the lab is closed"])
def test_its_server_is_tested_by_the_worker(control: Issuing, lab: Lab, fault: str | None) -> None:
    issuer, lab.fault = made_issuer(control), fault

    tested = control.stack.admin("catalog_api").post(f"{PATHS[Kind.ISSUER]}/{issuer['id']}/test")

    checks = {check["name"]: check for check in tested.body["checks"]}
    assert tested.body["passed"] == (fault is None)
    assert checks["health"]["detail"].startswith(fault or "the lab said that it is well at ")


def test_a_certificate_comes_from_it_and_is_revoked_there(control: Issuing, lab: Lab) -> None:
    created = ordered(control, made_issuer(control))
    assert created.status == 201, created.text
    work(control)
    certificate_id = created.body["id"]

    issued = control.read(certificate_id)
    pem = control.api.get(f"{CERTIFICATES}/{certificate_id}/export/pem").text
    revoked = control.api.post(f"{CERTIFICATES}/{certificate_id}/revoke", {"reason": "superseded"})
    work(control)

    assert (issued["status"], lab.levels, lab.has_signed(pem)) == ("Active", ["high"], True)
    assert (revoked.status, len(lab.revoked)) == (200, 1)


def test_a_name_that_its_definition_refuses_is_not_ordered(control: Issuing, lab: Lab) -> None:
    refused = ordered(control, made_issuer(control), "www.example.org")

    assert refused_fields(refused) == ["sans"]
    assert lab.levels == []


def test_a_target_is_made_listed_and_tested(control: Issuing) -> None:
    api = control.stack.admin("catalog_api")
    made = api.post(PATHS[Kind.TARGET], a_body(Kind.TARGET, type=KEYSTORE.type, config=KEYSTORE_OF_SHOP))
    assert made.status == 201, made.text

    listed = api.get(PATHS[Kind.TARGET], type=KEYSTORE.type).body["data"]
    tested = api.post(f"{PATHS[Kind.TARGET]}/{made.body['id']}/test")

    assert [record["config"] for record in listed] == [KEYSTORE_OF_SHOP]
    assert [check["name"] for check in tested.body["checks"]] == ["enabled", "agent"]


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({}, "keystore_path"),
        ({"keystore_path": "shop.p12"}, "keystore_path"),
        ({"key_path": "/k"}, "key_path"),
    ],
)
def test_a_target_that_its_definition_does_not_allow_is_refused(
    control: Issuing, config: dict[str, Any], field: str
) -> None:
    body = a_body(Kind.TARGET, type=KEYSTORE.type, config=config)

    refused = control.stack.admin("catalog_api").post(PATHS[Kind.TARGET], body)

    assert f"config.{field}" in refused_fields(refused)
