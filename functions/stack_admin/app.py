"""Creates and rotates the CAs, creates the first admin key, and restores revocations. Invoked by the deploy,
an hourly schedule and administrators."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from certctl import config
from certctl.compose.stack_admin import StackAdmin
from certctl.connectors.aws.cloudformation import answer_deployment
from certctl.domain.audit.events import STACK_ADMIN
from certctl.domain.authorities.authorities import FIRST_SHARD, Authority, NewAuthority
from certctl.domain.certificates.requests import DEFAULT_ISSUER
from certctl.domain.errors import Conflict, DomainError, InvalidInput, NotServed
from certctl.domain.networks import networks_of
from certctl.domain.times import to_wire, to_wire_or_none
from certctl.observability import logger, with_context

services = StackAdmin()

_PHYSICAL_ID = "certctl-initialization"
_ACTIONS = (
    "initialize, activate, upkeep, publish_root_crl, first_admin_key, restore, set_public_url, rotate, "
    "create_issuer, install_ca_certificate or recount"
)


@with_context
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
        case "activate":
            return _activate()
        case "upkeep":
            return _upkeep()
        case "publish_root_crl":
            return _publish_root_crl()
        case "set_public_url":
            return _set_public_url(_Wanted(event).text("url"))
        case "first_admin_key":
            return _first_admin_key(event.get("key") or None)
        case "restore":
            return _restore(event.get("keys", "revoke_known"))
        case "rotate":
            return _rotate(_Wanted(event))
        case "create_issuer":
            return _create_issuer(_Wanted(event))
        case "install_ca_certificate":
            return _install(_Wanted(event))
        case "recount":
            return _recount()
    raise InvalidInput.of("action", f"must be {_ACTIONS}")


class _Wanted:
    """The fields of an event, checked as they are read."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._event = event

    def text(self, name: str) -> str:
        found = self.text_or_none(name)
        if not found:
            raise InvalidInput.of(name, "is required")
        return found

    def text_or_none(self, name: str) -> str | None:
        found = self._event.get(name)
        if found is not None and not isinstance(found, str):
            raise InvalidInput.of(name, "must be a text")
        return found

    def texts_or_none(self, name: str) -> tuple[str, ...] | None:
        found = self._event.get(name)
        if found is None:
            return None
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise InvalidInput.of(name, "must be a list of texts")
        return tuple(found)

    @property
    def csr_only(self) -> bool:
        found = self._event.get("csr_only", False)
        if not isinstance(found, bool):
            raise InvalidInput.of("csr_only", "must be true or false")
        return found

    def authority(self, issuer_id: str) -> NewAuthority:
        return NewAuthority(
            issuer_id=issuer_id,
            key_arn=self.text("key_arn"),
            subject=self.text_or_none("subject"),
            permitted_domains=self.texts_or_none("permitted_domains"),
        )


def _rotate(wanted: _Wanted) -> dict[str, Any]:
    """Repeat it with the same key until it succeeds; after that it changes nothing."""
    authority = wanted.authority(wanted.text_or_none("issuer_id") or DEFAULT_ISSUER)
    if wanted.csr_only:
        return _request(authority)
    return _view(services.local_issuers.rotate(authority))


def _create_issuer(wanted: _Wanted) -> dict[str, Any]:
    authority = wanted.authority(wanted.text("issuer_id"))
    services.catalog_issuers.ensure(authority.issuer_id, wanted.text("name"))
    if wanted.csr_only:
        return _request(authority)
    return _view(services.local_issuers.create(authority))


def _request(authority: NewAuthority) -> dict[str, Any]:
    """For an external root to sign; `install_ca_certificate` takes the result. Without permitted domains: the
    root sets them."""
    if authority.permitted_domains is not None:
        raise InvalidInput.of("permitted_domains", "are set by the external root: omit them")
    return asdict(services.outside_roots.request(authority))


def _install(wanted: _Wanted) -> dict[str, Any]:
    issuer_id = wanted.text_or_none("issuer_id") or DEFAULT_ISSUER
    certificate, chain = wanted.text("certificate_pem"), wanted.text("chain_pem")
    return _view(services.outside_roots.install(issuer_id, certificate, chain))


def _view(authority: Authority) -> dict[str, Any]:
    return {
        "issuer_id": authority.issuer_id,
        "ca_id": authority.ca_id,
        "replaces": authority.replaces,
        "state": authority.state.value,
        "key_arn": authority.key_arn,
        "not_after": to_wire(authority.not_after),
        "certificate_url": authority.certificate_url,
        "crl_url": authority.crl_url,
    }


def _check_settings() -> None:
    """Raises InvalidInput for faults that the first alert would otherwise reveal, long after the deploy."""
    try:
        notifications = config.notifications()
    except config.InvalidSetting as error:
        raise InvalidInput.of("EngineSettings", str(error)) from error
    if notifications.retention <= notifications.longest_delivery:
        needed = notifications.longest_delivery // timedelta(days=1) + 1
        raise InvalidInput.of(
            "NotificationRetentionDays", f"must be {needed} at least with these EngineSettings"
        )
    for cidr in config.allowed_private_cidrs():
        try:
            networks_of([cidr])
        except ValueError as error:
            raise InvalidInput.of("AllowedPrivateCidrs", str(error)) from error


def _initialize() -> dict[str, Any]:
    _check_settings()
    services.audit.mark_beginning(services.now())
    if services.certificate_authority.find() is None:
        # A stack without a CA has no certificate that is older than search.
        services.search_progress.end(services.now())
    pair = services.certificate_authority.initialize()
    services.catalog_defaults.make()
    return {
        "root_ca_id": pair.root.ca_id,
        "issuing_ca_id": pair.issuing.ca_id,
        "certificate_url": pair.issuing.certificate_url,
        "crl_url": pair.issuing.crl_url,
        "waits_for": pair.waits_for or "nothing",
    }


def _activate() -> dict[str, Any]:
    """For an operator who has just made the DNS record of the PKI host. Raises NotServed while it is not
    served."""
    waiting = services.ca_activation.activate_waiting()
    if waiting:
        raise NotServed(" ".join(waiting))
    return {"waits_for": "nothing"}


def _upkeep() -> dict[str, Any]:
    """Hourly, and cheap: the root's CRL once a quarter of its 60 days is over, so that 45 days of retries
    remain, and the CAs that wait for their host. Does nothing before the first deploy has made a CA."""
    pair = services.certificate_authority.find()
    if pair is None:
        return {"root_crl_number": None, "waiting": []}
    published = services.crl_publishing.publish_if_due(pair.root, FIRST_SHARD)
    if published:
        services.pki_site.publish_bundle(services.authorities.all)
    return {
        "root_crl_number": published.crl_number if published else None,
        "waiting": services.ca_activation.activate_waiting(),
    }


def _set_public_url(url: str) -> dict[str, Any]:
    """The target of links in alerts. The next deploy sets its own again."""
    if urlsplit(url).scheme != "https" and not config.stack().is_local:
        raise InvalidInput.of("url", "must be https")
    services.public_url.save(url)
    return {"public_url": url}


def _first_admin_key(chosen: str | None) -> dict[str, Any]:
    """Returned in this one response. Only the local stack lets the caller choose it."""
    if chosen is not None and not config.stack().is_local:
        raise InvalidInput.of("key", "can be chosen on a local stack only")
    minted = services.api_keys.mint_first_admin(STACK_ADMIN, chosen)
    return {"api_key": minted.text, "key_id": minted.key.id}


def _publish_root_crl() -> dict[str, Any]:
    """On demand, due or not. Also the bundle, without the CAs that have retired."""
    root = services.certificate_authority.require().root
    services.pki_site.publish_bundle(services.authorities.all)
    published = services.crl_publishing.publish_now(root, FIRST_SHARD)
    return {"url": published.url, "crl_number": published.crl_number}


def _restore(keys: str) -> dict[str, Any]:
    """`keys`: `revoke_known` for API keys that the trail records as revoked, `revoke_all` if the trail was
    restored to an earlier time as well. Raises Conflict after all that could be restored was; repeat it while
    `complete` is false."""
    if keys not in ("revoke_known", "revoke_all"):
        raise InvalidInput.of("keys", "must be revoke_known or revoke_all")
    restoring = services.key_restoring
    of_keys = restoring.revoke_all() if keys == "revoke_all" else restoring.revoke_known()
    run = vars(services.crl_restoring.restore())
    failed = run.pop("failed")
    run |= {"api_keys_revoked": of_keys.revoked, "complete": run["complete"] and of_keys.complete}
    if failed:
        raise Conflict(f"Not restored: {'; '.join(failed)}. Done so far: {json.dumps(run)}")
    return run


def _recount() -> dict[str, Any]:
    """The maintenance schedule does it within minutes; a second call returns the progress."""
    at = services.recount_requests.request()
    return {
        "shards_left": len(at.left),
        "corrected": at.corrected,
        "started_at": to_wire_or_none(at.started_at),
        "last_finished_at": to_wire_or_none(at.finished_at),
        "last_corrected": at.last_corrected,
    }


def _deploy(event: Mapping[str, Any]) -> dict[str, Any]:
    """CloudFormation waits for a response until its timeout: it always gets one. Delete keeps everything:
    keys and tables are retained, and the certificates made with them are still checked."""
    answer = _answer(event)
    answer_deployment(event["ResponseURL"], answer)
    return {"status": answer["Status"]}


def _answer(event: Mapping[str, Any]) -> dict[str, Any]:
    same = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    same["PhysicalResourceId"] = event.get("PhysicalResourceId", _PHYSICAL_ID)
    if event["RequestType"] == "Delete":
        return same | {"Status": "SUCCESS"}
    try:
        data = services.patience.until_done(lambda: _deployed(event))
    except Exception as error:
        logger.exception("the initialization failed")
        return same | {"Status": "FAILED", "Reason": _reason(error)}
    return same | {"Status": "SUCCESS", "Data": data, "Reason": f"The CA waits for: {data['waits_for']}"}


def _deployed(event: Mapping[str, Any]) -> dict[str, Any]:
    url = event.get("ResourceProperties", {}).get("DashboardUrl")
    if url:
        _set_public_url(url)
    return _initialize()


def _reason(error: Exception) -> str:
    text = error.detail if isinstance(error, DomainError) else type(error).__name__
    return f"{text[:1000]} (see the log of stack_admin)"
