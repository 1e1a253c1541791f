"""Makes the CAs and the first admin key, and restores revocations. Invoked by the deploy, a monthly schedule
and administrators."""

import json
from collections.abc import Mapping
from typing import Any

from certctl import bootstrap, bootstrap_authority, bootstrap_catalog, config
from certctl.connectors.deployments import answer_deployment
from certctl.domain.errors import Conflict, DomainError, InvalidInput
from certctl.observability import logger
from certctl.services.certificate_authority import ACTOR, FIRST_SHARD

_PHYSICAL_ID = "certctl-initialization"
_COMES_LATER = 'is not available in this version: rotation comes with issue "6 of 6". Nothing was changed'


def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """`{"action": ...}`, or a custom resource's request. A refusal is raised, so that the caller sees a
    FunctionError with its text and a schedule's failure is counted as one."""
    if "RequestType" in event:
        return _deploy(event)
    return _act(event)


def _act(event: Mapping[str, Any]) -> dict[str, Any]:
    match event.get("action"):
        case "initialize":
            return _initialize()
        case "publish_root_crl":
            return _publish_root_crl()
        case "first_admin_key":
            return _first_admin_key(event.get("key") or None)
        case "restore":
            return _restore()
        case "rotate":
            raise InvalidInput.of("action", f"rotate {_COMES_LATER}")
    raise InvalidInput.of("action", "must be initialize, publish_root_crl, first_admin_key or restore")


def _initialize() -> dict[str, Any]:
    bootstrap.audit_store().mark_beginning(bootstrap.now())
    pair = bootstrap_authority.certificate_authority().initialize()
    bootstrap_catalog.catalog_defaults().make()
    return {
        "root_ca_id": pair.root.ca_id,
        "issuing_ca_id": pair.issuing.ca_id,
        "certificate_url": pair.issuing.certificate_url,
        "crl_url": pair.issuing.crl_url,
    }


def _first_admin_key(chosen: str | None) -> dict[str, Any]:
    """Shown in this one answer. Only the local stack lets the caller choose it."""
    if chosen is not None and not config.stack().is_local:
        raise InvalidInput.of("key", "can be chosen on a local stack only")
    minted = bootstrap.api_keys().mint_first_admin(ACTOR, chosen)
    return {"api_key": minted.text, "key_id": minted.key.id}


def _publish_root_crl() -> dict[str, Any]:
    root = bootstrap_authority.certificate_authority().require().root
    published = bootstrap_authority.crl_publishing().publish_now(root, FIRST_SHARD)
    return {"url": published.url, "crl_number": published.crl_number}


def _restore() -> dict[str, Any]:
    """Raises Conflict after all that could be brought back was; repeat it while `complete` is false."""
    run = vars(bootstrap_authority.crl_restoring().restore())
    failed = run.pop("failed")
    if failed:
        raise Conflict(f"Not restored: {'; '.join(failed)}. Done so far: {json.dumps(run)}")
    return run


def _deploy(event: Mapping[str, Any]) -> dict[str, Any]:
    """CloudFormation waits for an answer until its timeout: it gets one whatever happens. Delete keeps all:
    keys and tables are retained, and the certificates made with them go on being checked."""
    answer = _answer(event)
    answer_deployment(event["ResponseURL"], answer)
    return {"status": answer["Status"]}


def _answer(event: Mapping[str, Any]) -> dict[str, Any]:
    same = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    same["PhysicalResourceId"] = event.get("PhysicalResourceId", _PHYSICAL_ID)
    if event["RequestType"] == "Delete":
        return same | {"Status": "SUCCESS"}
    try:
        return same | {"Status": "SUCCESS", "Data": _initialize()}
    except Exception as error:
        logger.exception("the initialization failed")
        return same | {"Status": "FAILED", "Reason": _reason(error)}


def _reason(error: Exception) -> str:
    text = error.detail if isinstance(error, DomainError) else type(error).__name__
    return f"{text[:1000]} (see the log of stack_admin)"
