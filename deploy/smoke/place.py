"""Where `make smoke` runs: a deployed stack, or the local one, found by its own outputs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy import stack as stacks
from deploy.errors import DeployError
from deploy.smoke.acme import AcmeServer
from deploy.target import Target, is_local, local_outputs, read_target, require_credentials
from local.stack.deploy import snake_case

DEFAULT_DOMAIN = "smoke.example.com"


@dataclass(frozen=True)
class Place:
    """`functions` are named by their folders; `domain` is one that the CA may issue for; `acme` is None for a
    stack without an ACME server."""

    target: Target
    api_url: str
    api_key: str
    functions: Mapping[str, str]
    domain: str
    acme: AcmeServer | None = None


def read_place(environment: Mapping[str, str]) -> Place:
    """Raises DeployError."""
    return _local_place(environment) if is_local(environment) else _deployed_place(environment)


def _local_place(environment: Mapping[str, str]) -> Place:
    outputs, target = local_outputs(environment), read_target(environment)
    return _place(target, stacks.require(target), outputs)


def _deployed_place(environment: Mapping[str, str]) -> Place:
    target = read_target(environment)
    key = environment.get("API_KEY") or environment.get("CERTCTL_API_KEY", "")
    if not key:
        raise DeployError(
            "API_KEY is missing: an administrator's key; `make admin ACTION=first_admin_key` makes one"
        )
    require_credentials(target)
    found = stacks.require(target)
    outputs = {
        "api_url": found.outputs["ApiUrl"],
        "api_key": key,
        "functions": _functions(target),
        "acme_directory_url": found.outputs.get("AcmeDirectoryUrl", ""),
    }
    return _place(target, found, outputs)


def _place(target: Target, found: stacks.Stack, outputs: Mapping[str, Any]) -> Place:
    directory_url = outputs.get("acme_directory_url", "")
    return Place(
        target=target,
        api_url=outputs["api_url"],
        api_key=outputs["api_key"],
        functions=outputs["functions"],
        domain=domain_of(found.parameters.get("CaPermittedDomains", "")),
        acme=AcmeServer(directory_url, outputs.get("acme_root", "")) if directory_url else None,
    )


def _functions(target: Target) -> dict[str, str]:
    return {
        snake_case(each.logical_id.removesuffix("Function")): each.physical_id
        for each in stacks.resources(target, target.stack)
        if each.kind == "AWS::Lambda::Function"
    }


def domain_of(permitted: str) -> str:
    """A name constraint `example.com` permits all names below it; one with `/` is a range of addresses."""
    texts = (text.strip().lstrip(".") for text in permitted.split(",") if "/" not in text)
    first = next(filter(None, texts), None)
    return f"smoke.{first}" if first else DEFAULT_DOMAIN


def settings(name: str) -> str:
    """An optional setting of `make smoke`."""
    return os.environ.get(name, "")
