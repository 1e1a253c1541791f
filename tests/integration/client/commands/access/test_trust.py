"""`certctl trust` and `certctl login --rule`: a job gets a certificate without a stored key."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.subjects import SubjectKind, new_subject
from certctl_client.contexts import load_contexts
from tests.integration.client.conftest import Certctl
from tests.support.client.server import Asked, LoopbackServer, json_reply
from tests.support.client.stack import BridgedStack
from tests.support.identity.accounts import store_account
from tests.support.identity.issuers import Issuer, compact, jwk, running_issuer

_GITHUB = "https://token.actions.githubusercontent.com"


@pytest.fixture
def account(stack: BridgedStack) -> str:
    """A service account of the team t-shop."""
    deployed = stack.issuing.stack
    subject = new_subject(
        SubjectKind.SERVICE_ACCOUNT, [Grant(Role.OPERATOR, ("t-default",))], deployed.clock()
    )
    store_account(deployed, subject, "t-default")
    return subject.id


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running_issuer() as issuer:
        yield issuer


@pytest.fixture
def in_job(environment: pytest.MonkeyPatch) -> Callable[..., None]:
    """The environment of a job: no key, and what its platform sets."""

    def enter(**variables: str) -> None:
        for name in ("CERTCTL_URL", "CERTCTL_API_KEY"):
            environment.delenv(name, raising=False)
        for name, value in variables.items():
            environment.setenv(name, value)

    return enter


def made(certctl: Certctl, *arguments: str) -> dict[str, Any]:
    ran = certctl("-o", "json", *arguments)
    assert ran.code == 0, ran.err
    record: dict[str, Any] = json.loads(ran.out)
    return record


def known_provider(certctl: Certctl, kind: str, issuer: str) -> None:
    """Makes it, unless another test has: its keys are pinned."""
    known = certctl("-o", "json", "identity-providers", "list", "--all")
    assert known.code == 0, known.err
    if issuer in {provider["issuer"] for provider in json.loads(known.out)}:
        return
    keys = json.dumps({"keys": [jwk("RSA")]})
    named = ("--name", f"{kind} of {issuer}", "--type", kind)
    made(certctl, "identity-providers", "create", *named, "--issuer", issuer, "--jwks", keys)


def test_a_github_job_signs_in_by_its_repository(
    certctl: Certctl, stack: BridgedStack, account: str, in_job: Callable[..., None]
) -> None:
    known_provider(certctl, "GitHub", _GITHUB)
    options = ("--repository-id", "1296269", "--account", account, "--branch", "main")
    rule = made(certctl, "trust", "github", "example/shop", *options)
    second = int(stack.issuing.stack.clock().timestamp())

    def github(asked: Asked) -> Any:
        assert asked.headers["authorization"] == "Bearer of-the-job"
        claims = {
            "iss": _GITHUB,
            "aud": asked.query["audience"],
            "sub": "repo:example/shop:ref:refs/heads/main",
            "repository": "example/shop",
            "repository_id": "1296269",
            "ref": "refs/heads/main",
            "event_name": "push",
            "jti": "j1",
            "iat": second,
            "exp": second + 300,
        }
        return json_reply({"value": compact({"alg": "RS256", "kid": "k1"}, claims)})

    with LoopbackServer(github).running() as server:
        in_job(
            ACTIONS_ID_TOKEN_REQUEST_URL=f"{server.url}/token?api-version=2.0",
            ACTIONS_ID_TOKEN_REQUEST_TOKEN="of-the-job",
        )
        signed_in = certctl(
            "login", "--url", stack.url, "--rule", rule["id"], "--audience", "https://stack.example"
        )
        assert signed_in.code != 0
        assert "aud" in signed_in.err
        in_job(CERTCTL_URL=stack.url, CERTCTL_API_KEY=stack.issuing.stack.admin_key)
        edited = certctl("trust-rules", "edit", rule["id"], "--audience", stack.url)
        assert edited.code == 0, edited.err
        in_job()
        signed_in = certctl("login", "--url", stack.url, "--rule", rule["id"])
    assert signed_in.code == 0, signed_in.err
    assert server.asked[-1].query == {"api-version": "2.0", "audience": stack.url}
    stored = load_contexts(os.environ).named("default")
    assert stored.api_key.startswith("certctl_tok_")
    assert stored.api_key not in signed_in.out + signed_in.err
    assert certctl("certs", "list").code == 0


def test_a_gitlab_job_and_a_pod_sign_in_with_an_issuer_over_http(
    certctl: Certctl,
    stack: BridgedStack,
    account: str,
    issuer: Issuer,
    in_job: Callable[..., None],
    tmp_path: Path,
) -> None:
    rule = made(certctl, "trust", "gitlab", "278964", "--account", account, "--issuer", issuer.url)
    assert certctl("trust-rules", "edit", rule["id"], "--audience", stack.url).code == 0
    now = stack.issuing.stack.clock()
    token = issuer.token(now, aud=stack.url, project_id="278964", pipeline_source="push")
    file = tmp_path / "token"
    file.write_text(token + "\n")
    claims = tmp_path / "claims.json"
    claims.write_text(json.dumps({"project_id": "1", "iat": int(now.timestamp())}))
    assert certctl("trust", "preview", rule["id"], "--token-file", file).code == 0
    refused = certctl("trust", "preview", rule["id"], "--claims", claims)
    assert (refused.code, "project_id" in refused.out) == (1, True)
    in_job(CERTCTL_ID_TOKEN=token)
    assert certctl("login", "--url", stack.url, "--rule", rule["id"]).code == 0
    in_job()
    pod = certctl("login", "--url", stack.url, "--rule", rule["id"], "--token-file", file)
    assert pod.code == 0, pod.err


def test_an_unknown_rule_names_the_remedy(
    certctl: Certctl, stack: BridgedStack, issuer: Issuer, in_job: Callable[..., None]
) -> None:
    in_job(CERTCTL_ID_TOKEN=issuer.token(stack.issuing.stack.clock()))
    refused = certctl("login", "--url", stack.url, "--rule", "tr-none")
    assert refused.code != 0
    assert "certctl trust-rules list" in refused.err


def test_a_job_without_a_token_is_told_what_it_lacks(
    certctl: Certctl, stack: BridgedStack, in_job: Callable[..., None], tmp_path: Path
) -> None:
    in_job(PATH=str(tmp_path))
    refused = certctl("login", "--url", stack.url, "--rule", "tr-none")
    assert "id-token: write" in refused.err
    assert "--rule" in certctl("login", "--url", stack.url, "--audience", "x").err


def test_the_aws_program_is_asked_for_a_token(
    certctl: Certctl, stack: BridgedStack, account: str, in_job: Callable[..., None], tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [jwk("P-384")]}))
    role = "arn:aws:iam::123456789012:role/deploy"
    provider = (
        "--name",
        "aws",
        "--type",
        "AWS",
        "--issuer",
        "https://aws.example",
        "--jwks",
        keys.read_text(),
    )
    made(certctl, "identity-providers", "create", *provider)
    rule = made(certctl, "trust", "aws", role, "--issuer", "https://aws.example", "--account", account)
    assert certctl("trust-rules", "edit", rule["id"], "--audience", stack.url).code == 0
    second = int(stack.issuing.stack.clock().timestamp())
    claims = {
        "iss": "https://aws.example",
        "aud": stack.url,
        "sub": "chosen by the caller",
        "https://sts.amazonaws.com/": {"principal_id": role},
        "jti": "a1",
        "iat": second,
        "exp": second + 300,
    }
    program = tmp_path / "aws"
    program.write_text(
        f"#!/bin/sh\nprintf '%s' '{compact({'alg': 'ES384', 'kid': 'k1'}, claims, 'P-384')}'\n"
    )
    program.chmod(0o700)
    in_job(PATH=f"{tmp_path}:/usr/bin:/bin")
    signed_in = certctl("login", "--url", stack.url, "--rule", rule["id"])
    assert signed_in.code == 0, signed_in.err


def test_a_kubernetes_cluster_without_public_url_has_pinned_keys(
    certctl: Certctl, account: str, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [jwk("RSA")]}))
    names = ("shop", "web", "--issuer", "https://kubernetes.default.svc", "--keys", str(keys))
    rule = made(certctl, "trust", "kubernetes", *names, "--account", account)
    assert rule["claims"] == [{"path": ["sub"], "values": ["system:serviceaccount:shop:web"]}]
    assert (rule["actions"], rule["names"]) == (None, None)


@pytest.mark.parametrize(
    ("kind", "issuer", "command"),
    [
        ("GitHub", _GITHUB, ("github", "example/shop", "--repository-id", "1296269")),
        ("GitLab", "https://gitlab.limited.example", ("gitlab", "278964")),
        ("Kubernetes", "https://cluster.limited.example", ("kubernetes", "shop", "web")),
        ("AWS", "https://aws.limited.example", ("aws", "arn:aws:iam::123456789012:role/deploy")),
    ],
    ids=["github", "gitlab", "kubernetes", "aws"],
)
def test_the_rule_of_each_platform_is_limited_to_actions_and_names(
    certctl: Certctl, account: str, kind: str, issuer: str, command: tuple[str, ...]
) -> None:
    known_provider(certctl, kind, issuer)
    where = () if kind == "GitHub" else ("--issuer", issuer)
    actions = ("--action", "certificates:write", "--action", "certificates:read")
    limits = (*actions, "--names", "shop.example.com", "--name", f"limited {kind}")
    rule = made(certctl, "trust", *command, *where, "--account", account, *limits)
    assert sorted(rule["actions"]) == ["certificates:read", "certificates:write"]
    assert rule["names"] == ["DNS:shop.example.com"]
