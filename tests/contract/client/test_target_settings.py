"""What the API takes as a target's settings is what the agent can serve, and what docs/agent.md says."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from certctl.domain.agents.kinds.registry import TARGET_KINDS
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Target
from certctl.domain.catalog.validation import problems_of
from certctl.domain.kinds import HostPart, TargetType
from certctl_client.agent.consent.consent import CRL_BUNDLE, EVERYTHING, Consent
from certctl_client.agent.consent.consent import KINDS as ALLOWABLE
from certctl_client.agent.consent.file import DEFAULT_PATH, parsed
from certctl_client.agent.crls.orders import Order, crl_files
from certctl_client.agent.errors import WorkRefused
from certctl_client.agent.targets.base import Assignment
from certctl_client.agent.targets.registry import KINDS, target_of
from tests.support.template import ROOT

_NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
_GOOD: Mapping[str, Mapping[str, Any]] = {
    "NGINX": {"certificate_path": "/etc/a.pem", "key_path": "/etc/a.key", "verify_address": "127.0.0.1:443"},
    "HAProxy": {"certificate_path": "/etc/a.pem", "verify_address": "127.0.0.1:443"},
    "Files": {"certificate_path": "/etc/a.pem", "key_path": "/etc/a.key"},
    "ACM": {"region": "eu-central-1"},
    "CRLBundle": {"crl_path": "/etc/crls.pem"},
}


def taken_by_the_api(kind: str, config: Mapping[str, Any]) -> bool:
    target = Target(TargetType(kind), dict(config), "agt-1")
    return not problems_of(Entry(Kind.TARGET, "tgt-1", "web", target, _NOW, _NOW), "blue")


def good(kind: str) -> dict[str, Any]:
    return dict(_GOOD.get(kind, _GOOD["NGINX"]))


def served_by_the_agent(kind: str, config: Mapping[str, Any], consent: Consent = EVERYTHING) -> bool:
    assignment = Assignment("tgt-1", "mc-1", "www.example.com", config, consent)
    order = Order("tgt-1", config)
    try:
        if kind == CRL_BUNDLE:
            return bool(crl_files(order, consent) and order.issuer_ids)
        target_of(kind, assignment)
    except WorkRefused:
        return False
    return True


def documented() -> Iterator[tuple[str, dict[str, Any]]]:
    page = (ROOT / "docs" / "agent.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    decoder, rest = json.JSONDecoder(), block.strip()
    while rest:
        example, end = decoder.raw_decode(rest)
        yield example["type"], example["config"]
        rest = rest[end:].strip()


def without_accounts(config: Mapping[str, Any]) -> dict[str, Any]:
    """Settings whose values belong to the host of the example."""
    return {name: value for name, value in config.items() if name not in ("owner", "group")}


def test_both_know_the_same_kinds() -> None:
    assert {*KINDS, CRL_BUNDLE} == set(ALLOWABLE) == set(TargetType)


@pytest.mark.parametrize(
    ("kind", "name"),
    [(d.type, name) for d in TARGET_KINDS for name, setting in d.settings.items() if setting.required],
)
def test_what_the_definition_requires_the_agent_requires(kind: str, name: str) -> None:
    config = {key: value for key, value in good(kind).items() if key != name}

    assert served_by_the_agent(kind, good(kind))
    assert (taken_by_the_api(kind, config), served_by_the_agent(kind, config)) == (False, False)


@pytest.mark.parametrize(
    ("kind", "name", "usual"),
    [
        (definition.type, name, setting.default)
        for definition in TARGET_KINDS
        for name, setting in definition.reaching(HostPart.COMMAND).items()
        if setting.default
    ],
)
def test_the_usual_command_of_the_definition_is_the_agents_own(
    kind: str, name: str, usual: tuple[str, ...]
) -> None:
    """A host that allows the kind allows the agent's own commands, and here no others."""
    consent = replace(EVERYTHING, any_command=False, commands=())
    allowed, other = {name: list(usual)}, {name: [*usual, "--other"]}

    assert served_by_the_agent(kind, good(kind) | allowed, consent)
    assert not served_by_the_agent(kind, good(kind) | other, consent)


def test_the_consent_file_of_the_documentation_is_valid() -> None:
    page = (ROOT / "docs" / "agent.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)

    assert parsed(example.encode(), DEFAULT_PATH).open_lists == []


@pytest.mark.parametrize(("kind", "config"), list(documented()))
def test_examples_of_the_documentation_are_good_for_both(kind: str, config: dict[str, Any]) -> None:
    assert taken_by_the_api(kind, config)
    assert served_by_the_agent(kind, without_accounts(config))


def test_the_documentation_has_an_example_of_each_kind() -> None:
    assert [kind for kind, _ in documented()] == list(TargetType)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("NGINX", {"verify_timeout_seconds": 120, "test_command": [], "reload_command": ["true"]}),
        ("NGINX", {"test_command": None, "verify_timeout_seconds": None, "chain_path": None}),
        ("NGINX", {"verify_address": "[::1]:443", "verify_server_name": "shop.example.com"}),
        ("HAProxy", {"with_root": True}),
        ("Files", {"chain_path": "/etc/chain.pem", "reload_command": []}),
        ("CRLBundle", {"ca_path": "/etc/cas.pem", "issuer_ids": ["iss-a", "iss-b"], "stale_command": ["x"]}),
    ],
)
def test_what_the_api_takes_the_agent_serves(kind: str, changes: dict[str, Any]) -> None:
    config = {**_GOOD[kind], **changes}

    assert (taken_by_the_api(kind, config), served_by_the_agent(kind, config)) == (True, True)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        *(("NGINX", {"certificate_path": path}) for path in ("a.pem", "/etc/../a.pem", "/etc//a.pem")),
        *(("NGINX", {"key_path": path}) for path in ("//etc/a.key", "/etc/./a.key", "/", "/etc/a.pem", None)),
        *(("NGINX", {"test_command": command}) for command in ("nginx -t", [1], [""])),
        *(
            ("HAProxy", {"verify_address": address})
            for address in (None, "127.0.0.1", "a:0", "a:65536", ":1")
        ),
        ("HAProxy", {"with_root": "true"}),
        *(("HAProxy", {"verify_timeout_seconds": seconds}) for seconds in (0, 121, "15")),
        ("Files", {"chain_path": "/etc/a.key"}),
        ("ACM", {"region": None}),
        ("ACM", {"certificate_arn": "0b9aad6e"}),
        ("CRLBundle", {"ca_path": "/etc/crls.pem"}),
        ("CRLBundle", {"issuer_ids": "iss-local"}),
        ("CRLBundle", {"issuer_ids": [1]}),
    ],
)
def test_what_the_agent_would_refuse_the_api_refuses(kind: str, changes: dict[str, Any]) -> None:
    config = {**_GOOD[kind], **changes}

    assert (taken_by_the_api(kind, config), served_by_the_agent(kind, config)) == (False, False)
