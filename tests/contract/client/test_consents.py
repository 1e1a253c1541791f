"""The server's check of a target against its agent's consent, by a table for the agent's own check, too."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import pytest

from certctl.api.agents.consent_schemas import ConsentBody
from certctl.domain.agents.consents import Consent, consent_of, forbidden_of
from certctl.domain.agents.kinds.registry import TARGET_KINDS
from certctl.domain.errors import FieldProblem
from certctl_client.agent.consent.consent import CRL_BUNDLE, EVERYTHING, NOTHING, consent_of_flags
from certctl_client.agent.consent.consent import Consent as HostConsent
from certctl_client.agent.crls.orders import Order, crl_files
from certctl_client.agent.errors import WorkRefused
from certctl_client.agent.targets.base import Assignment
from certctl_client.agent.targets.registry import target_of

_ACM, _ID = "arn:aws:acm", "123456789012:certificate/0b9aad6e-0000-4000-8000-000000000000"
_OF_ANOTHER_ACCOUNT = f"{_ACM}:eu-west-1:9{_ID[1:]}"
CONSENT = Consent(
    kinds=tuple(kind.type for kind in TARGET_KINDS),
    directories=("/etc/nginx/certs", "/etc/haproxy/certs"),
    commands=(("systemctl", "reload", "envoy"), ("true",)),
    owners=("nginx", "root"),
    verify_addresses=("127.0.0.1", "::1", "localhost"),
    acm_arns=(f"{_ACM}:eu-central-1:{_ID}", f"{_ACM}:eu-west-1:123456789012:certificate/*"),
)
GOOD: Mapping[str, Mapping[str, Any]] = {
    kind: {
        "certificate_path": "/etc/nginx/certs/a.pem",
        "key_path": "/etc/nginx/certs/a.key",
        "verify_address": "127.0.0.1:443",
    }
    for kind in ("NGINX", "Apache")
} | {
    "HAProxy": {"certificate_path": "/etc/haproxy/certs/a.pem", "verify_address": "127.0.0.1:443"},
    "Files": {"certificate_path": "/etc/nginx/certs/a.pem", "key_path": "/etc/nginx/certs/a.key"},
    "ACM": {"region": "eu-central-1", "certificate_arn": f"{_ACM}:eu-central-1:{_ID}"},
    "CRLBundle": {"crl_path": "/etc/nginx/certs/crls.pem", "ca_path": "/etc/nginx/certs/cas.pem"},
}
OWN_COMMANDS: Mapping[str, Mapping[str, list[str]]] = {
    "NGINX": {"test_command": ["nginx", "-t", "-q"], "reload_command": ["systemctl", "reload", "nginx"]},
    "Apache": {"test_command": ["apachectl", "-t"], "reload_command": ["systemctl", "reload", "apache2"]},
    "HAProxy": {
        "test_command": ["haproxy", "-c", "-q", "-f", "/etc/haproxy/haproxy.cfg"],
        "reload_command": ["systemctl", "reload", "haproxy"],
    },
}
# Accounts are such as every host has, so that the agent can look them up; root is none of a test's own.
CASES: list[tuple[str, dict[str, Any], str | None]] = [
    *((kind, {}, None) for kind in GOOD),
    *((kind, dict(commands), None) for kind, commands in OWN_COMMANDS.items()),
    ("NGINX", {"reload_command": ["systemctl", "reload", "envoy"]}, None),
    ("NGINX", {"reload_command": [], "test_command": []}, None),
    ("NGINX", {"reload_command": None, "chain_path": None, "owner": None}, None),
    ("NGINX", {"reload_command": ["systemctl", "reload", "envoy", "--now"]}, "config.reload_command"),
    ("NGINX", {"reload_command": ["systemctl"]}, "config.reload_command"),
    ("NGINX", {"reload_command": ["systemctl", "reload", "apache2"]}, "config.reload_command"),
    ("NGINX", {"test_command": ["systemctl", "reload", "nginx"]}, "config.test_command"),
    ("Files", {"reload_command": ["systemctl", "reload", "nginx"]}, "config.reload_command"),
    ("Files", {"reload_command": ["true"]}, None),
    ("Files", {"certificate_path": "/etc/nginx/certs/deep/er/a.pem"}, None),
    ("Files", {"certificate_path": "/etc/nginx/certs-2/a.pem"}, "config.certificate_path"),
    ("Files", {"certificate_path": "/etc/nginx/a.pem"}, "config.certificate_path"),
    ("Files", {"key_path": "/etc/cron.d/a"}, "config.key_path"),
    ("NGINX", {"chain_path": "/root/chain.pem"}, "config.chain_path"),
    ("NGINX", {"verify_address": "[::1]:8443"}, None),
    ("NGINX", {"verify_address": "localhost:8443"}, None),
    ("NGINX", {"verify_address": "LOCALHOST:8443"}, "config.verify_address"),
    ("NGINX", {"verify_address": "127.0.0.2:443"}, "config.verify_address"),
    ("HAProxy", {"verify_address": "10.0.0.1:22"}, "config.verify_address"),
    ("Files", {"owner": "root", "group": "root"}, None),
    ("Files", {"owner": "nobody"}, "config.owner"),
    ("Files", {"group": "daemon"}, "config.group"),
    ("CRLBundle", {"reload_command": ["true"], "stale_command": ["true"]}, None),
    ("CRLBundle", {"reload_command": ["systemctl", "reload", "nginx"]}, "config.reload_command"),
    ("CRLBundle", {"stale_command": ["false"]}, "config.stale_command"),
    ("CRLBundle", {"crl_path": "/root/crls.pem"}, "config.crl_path"),
    ("CRLBundle", {"ca_path": "/root/cas.pem"}, "config.ca_path"),
    ("CRLBundle", {"owner": "nobody"}, "config.owner"),
    ("ACM", {"certificate_arn": None}, "config.certificate_arn"),
    ("ACM", {"certificate_arn": f"{_ACM}:eu-central-1:{_ID[:-1]}1"}, "config.certificate_arn"),
    ("ACM", {"certificate_arn": f"{_ACM}-cn:eu-central-1:{_ID}"}, "config.certificate_arn"),
    ("ACM", {"region": "eu-west-1", "certificate_arn": f"{_ACM}:eu-west-1:{_ID}"}, None),
    (
        "ACM",
        {"region": "eu-west-1", "certificate_arn": f"{_ACM}:eu-west-1:9{_ID[1:]}"},
        "config.certificate_arn",
    ),
    ("ACM", {"region": "eu-west-1", "certificate_arn": None}, None),
    ("ACM", {"region": "us-east-1", "certificate_arn": None}, "config.certificate_arn"),
]


def forbidden(kind: str, config: Mapping[str, Any], consent: Consent) -> list[FieldProblem]:
    return forbidden_of(TARGET_KINDS.of(kind), config, consent)


@pytest.mark.parametrize(("kind", "changes", "field"), CASES)
def test_the_server_names_what_is_forbidden(kind: str, changes: dict[str, Any], field: str | None) -> None:
    problems = forbidden(kind, {**GOOD[kind], **changes}, CONSENT)

    assert [problem.field for problem in problems] == ([field] if field else [])


@pytest.mark.parametrize("kind", GOOD)
def test_a_kind_that_is_not_allowed_is_the_one_problem(kind: str) -> None:
    (problem,) = forbidden_of(
        TARGET_KINDS.of(kind), {**GOOD[kind], "owner": "nobody"}, replace(CONSENT, kinds=())
    )

    assert problem.field == "type"
    assert problem.message.endswith("it allows none")


@pytest.mark.parametrize(("kind", "changes", "field"), [case for case in CASES if case[2] is not None])
def test_everything_of_its_sort_lifts_the_list(kind: str, changes: dict[str, Any], field: str) -> None:
    everything = replace(
        CONSENT,
        any_directory=True,
        any_command=True,
        any_owner=True,
        any_verify_address=True,
        any_acm_arn=True,
    )

    assert forbidden(kind, {**GOOD[kind], **changes}, everything) == []


def test_a_refusal_names_a_few_of_what_is_allowed_however_many_there_are() -> None:
    many = replace(CONSENT, directories=tuple(f"/srv/{number}/{'x' * 1000}" for number in range(64)))

    (problem, _) = forbidden("Files", GOOD["Files"], many)

    assert problem.message.endswith("and 59 more")
    assert len(problem.message) < 600


@pytest.mark.parametrize(("kind", "changes", "field"), CASES)
def test_the_agent_refuses_what_the_server_forbids_and_nothing_else(
    kind: str, changes: dict[str, Any], field: str | None
) -> None:
    config, consent = {**GOOD[kind], **changes}, HostConsent(**asdict(CONSENT))

    if field is None:
        assert _made_by_the_agent(kind, config, consent)
        return
    with pytest.raises(WorkRefused, match="this host allows"):
        _made_by_the_agent(kind, config, consent)


def _made_by_the_agent(kind: str, config: Mapping[str, Any], consent: HostConsent) -> object:
    if kind == CRL_BUNDLE:
        return crl_files(Order("tgt-1", config), consent)
    return target_of(kind, Assignment("tgt-1", "mc-1", "a.example.com", config, consent))


@pytest.mark.parametrize("consent", [NOTHING, EVERYTHING, consent_of_flags(["/srv"], [["true"]])])
def test_what_the_agent_reports_is_what_the_server_takes(consent: HostConsent) -> None:
    taken = ConsentBody.model_validate(json.loads(json.dumps(consent.as_wire)))

    in_acm = {"acm_arns": [], "any_acm_arn": False}
    assert json.loads(taken.parsed().as_json) == in_acm | json.loads(json.dumps(consent.as_wire))


@pytest.mark.parametrize(("kinds", "is_unbounded"), [(["ACM"], True), (["Files"], False)])
def test_an_agent_of_an_earlier_release_sets_no_bound_in_acm(kinds: list[str], is_unbounded: bool) -> None:
    wire = replace(NOTHING, kinds=kinds).as_wire
    reported = {name: value for name, value in wire.items() if "acm" not in name}

    taken = ConsentBody.model_validate(json.loads(json.dumps(reported))).parsed()

    assert taken.any_acm_arn is is_unbounded
    assert consent_of(json.dumps(reported)).any_acm_arn is is_unbounded


def test_a_host_without_acm_reports_nothing_that_an_earlier_server_refuses() -> None:
    assert not any("acm" in name for name in replace(EVERYTHING, kinds=("Files",)).as_wire)
