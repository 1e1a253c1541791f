"""The steps from a clean state to a deployed stack."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from local import build, dashboard
from local.console import say, step
from local.emulator import process as emulator
from local.emulator.account import Account
from local.emulator.diagnosis import explain
from local.emulator.gateway import Gateway
from local.emulator.secret_store import secret_store
from local.emulator.state import Memory, StateDirectory
from local.front import Destination
from local.invoke import invoke
from local.settings import REGION, Options
from local.stack import deploy
from local.stack.parameters import complete
from local.stack.template import Parameter

# A parameter of these that is empty stands for all of an account whose number the emulator does not fill in.
_ALL_OF_THE_ACCOUNT = {
    "AllowedTopicArns": f"arn:aws:sns:{REGION}:000000000000:*",
    "AllowedBusArns": f"arn:aws:events:{REGION}:000000000000:event-bus/*",
    "AllowedSesArns": f"arn:aws:ses:{REGION}:000000000000:*",
    "AllowedHostedZoneArns": "arn:aws:route53:::hostedzone/*",
}
# Only here may a webhook, or a host that an ACME client names, be on this machine; the template's own
# defaults let none through. Ports below 1024 are the system's.
LOCAL = {
    "AllowedPrivateCidrs": "127.0.0.0/8",
    "AcmeServer": "true",
    "AcmeValidationCidrs": "127.0.0.0/8",
    "AcmeValidationHttpPort": "5002",
    "AcmeValidationTlsPort": "5001",
}


class StartError(Exception):
    """The stack cannot be started; the text is the reason, for the user of `make run`."""


@dataclass(frozen=True)
class Running:
    """A deployed stack on a running emulator."""

    emulator: emulator.Emulator
    stack: deploy.Stack
    destination: Destination
    memory: Memory


def first_emulator_port(options: Options) -> int:
    """The front door's next, or any other that is free when that one is taken."""
    preferred = min(options.port + 1, 65535)
    return preferred if emulator.is_free(preferred) else emulator.any_free_port()


def remembered(state: StateDirectory, options: Options) -> Memory:
    """What the last clean run left, or a first start's beginning; another PORT than at first warns. Raises
    StartError where the emulator's port is taken: the functions of this state send to queues by it."""
    before = state.read_memory()
    here = f"127.0.0.1:{options.port}"
    if before is None:
        return Memory(pki_host=here, emulator_port=first_emulator_port(options)).with_root_key()
    if not emulator.is_free(before.emulator_port):
        state.drop()
        raise StartError(
            f"port {before.emulator_port} is taken, at which this state has its emulator: free it, "
            "or start another state with LOCAL_DIR, or this one from scratch with FRESH=1"
        )
    if before.pki_host != here:
        say(f"warning: certificates of this state point to {before.pki_host}, which is not served now")
    return before.with_root_key()


def build_if_changed(options: Options) -> str:
    """Build unless the last build is of these sources; their fingerprint."""
    wanted, site = build.fingerprint(), dashboard.fingerprint()
    if not build.is_built(wanted):
        with step("building with sam build"):
            build.build(wanted, options.directory / "build.log")
    if not dashboard.is_built(site):
        with step("building the dashboard"):
            dashboard.build(site, options.directory / "dashboard.log")
    return wanted


def values_of(
    chosen: Mapping[str, str],
    declared: Mapping[str, Parameter],
    memory: Memory,
    account: Account,
    options: Options,
) -> dict[str, str]:
    """All parameter values of this deploy; secrets are stored in the emulator and replaced by their names."""
    store = secret_store(account)
    fixed = {"Architecture": build.architecture(), "LocalMode": "1", "CanaryDeployments": "false"}
    fixed |= {"PkiHostName": memory.pki_host, "AcmeHostName": options.acme_host}
    return complete(LOCAL | _ALL_OF_THE_ACCOUNT | store.replace_secrets(chosen, declared) | fixed, declared)


def deploy_if_changed(
    built: str, values: Mapping[str, str], memory: Memory, account: Account, options: Options
) -> Memory:
    """Deploy unless the emulator's state holds this build with these values."""
    wanted = hashlib.sha256(json.dumps([built, dict(values)], sort_keys=True).encode()).hexdigest()
    if memory.deployed == wanted:
        return memory
    with step("deploying template.yaml to the emulator"):
        _deploy(account, values, options)
        synchronize_routes(account)
    return replace(memory, deployed=wanted)


def _deploy(account: Account, values: Mapping[str, str], options: Options) -> None:
    try:
        deploy.deploy(account, values, options.directory / "deploy.log")
    except build.CommandFailedError as failure:
        raise StartError(f"{failure}\n{explain(account)}") from failure


def synchronize_routes(account: Account) -> None:
    """Give the HTTP APIs their routes."""
    stack = deploy.describe(account)
    client = account.session().client
    api = client("apigatewayv2", endpoint_url=account.endpoint)
    cloudformation = client("cloudformation", endpoint_url=account.endpoint)
    apis = {"HttpApi": stack.api_id, "OcspApi": stack.ocsp_api_id, "AcmeApi": stack.acme_api_id}
    for logical_id, api_id in apis.items():
        if api_id:
            Gateway(api, cloudformation, logical_id, api_id, stack.function_ids).synchronize()


def with_admin_key(memory: Memory, stack: deploy.Stack, account: Account, wanted: str) -> Memory:
    """`memory` with the administrator's key: this state's, else a new one (`wanted`, if that is set)."""
    if memory.api_key:
        if wanted not in ("", memory.api_key):
            say("warning: CERTCTL_API_KEY is not used, this state has its admin key; FRESH=1 starts over")
        return memory
    event: dict[str, Any] = {"action": "first_admin_key"} | ({"key": wanted} if wanted else {})
    answer, log, failed = invoke(account, stack.functions["stack_admin"], event)
    if failed or "api_key" not in answer:
        raise StartError(f"stack_admin made no admin key: {json.dumps(answer)}\n{log}")
    return replace(memory, api_key=answer["api_key"])


def publish_own_url(options: Options, stack: deploy.Stack, account: Account) -> None:
    """Links in alerts lead to this front door: the deploy knows only the emulator's distribution. At every
    start, for PORT may have changed."""
    event = {"action": "set_public_url", "url": f"http://127.0.0.1:{options.port}"}
    answer, log, failed = invoke(account, stack.functions["stack_admin"], event)
    if failed:
        raise StartError(f"stack_admin did not take the URL: {json.dumps(answer)}\n{log}")


def pki_domain(stack: deploy.Stack, account: Account) -> str:
    """Host name by which the emulator serves the PKI distribution."""
    cloudfront = account.session().client("cloudfront", endpoint_url=account.endpoint)
    domain: str = cloudfront.get_distribution(Id=stack.distribution_id)["Distribution"]["DomainName"]
    return domain


def origin_secret(stack: deploy.Stack, account: Account) -> str:
    """What the front door shows the API functions, as CloudFront does."""
    secrets = account.session().client("secretsmanager", endpoint_url=account.endpoint)
    kept = secrets.get_secret_value(SecretId=stack.origin_secret_id)["SecretString"]
    return str(json.loads(kept)["sent"])
