"""Makes and revokes CAs, makes first keys, restores: for deploys, an hourly schedule and administrators."""

from collections.abc import Mapping
from typing import Any

from certctl.api.access.actions import break_glass_key, first_admin_key
from certctl.api.actions import Actions
from certctl.api.authorities.actions import (
    activate,
    create_issuer,
    create_root,
    initialize,
    install_ca_certificate,
    keep_up,
    publish_root_crl,
    revoke_ca,
    rotate,
    rotate_responder,
)
from certctl.api.authorities.deployments import Deployments
from certctl.api.authorities.recovery_actions import restore, revoke_serial
from certctl.api.insights.actions import recount
from certctl.api.notifications.actions import set_public_url
from certctl.compose.stack_admin import StackAdmin
from certctl.observability import with_context

services = StackAdmin()
actions = Actions(
    {
        "initialize": initialize(
            lambda: services.initialization, lambda: services.key_subjects, lambda: services.revocation_ends
        ),
        "activate": activate(lambda: services.cas.ca_activation, lambda: services.cas.ocsp_urls),
        "upkeep": keep_up(
            lambda: services.cas.root_publication,
            lambda: services.key_subjects,
            lambda: services.revocation_ends,
            lambda: services.cas.ocsp_urls,
            lambda: services.cas.shard_expansion,
            lambda: services.cas.serials,
            lambda: services.cas.root_responders,
            lambda: services.reports,
        ),
        "rotate_responder": rotate_responder(lambda: services.cas.responder_rotation),
        "create_root": create_root(lambda: services.cas.root_making),
        "publish_root_crl": publish_root_crl(lambda: services.cas.root_publication),
        "first_admin_key": first_admin_key(lambda: services.api_keys, lambda: services.is_local),
        "break_glass_key": break_glass_key(lambda: services.break_glass),
        "restore": restore(
            lambda: services.crl_restoring,
            lambda: services.key_restoring,
            lambda: services.account_recovery,
            lambda: services.cas.serials,
            lambda: services.lost_serials,
            lambda: services.restore_windows,
        ),
        "revoke_serial": revoke_serial(lambda: services.revocation_without_record),
        "set_public_url": set_public_url(lambda: services.public_url, lambda: services.is_local),
        "rotate": rotate(lambda: services.cas.local_issuers, lambda: services.cas.outside_roots),
        "create_issuer": create_issuer(
            lambda: services.catalog_issuers,
            lambda: services.cas.local_issuers,
            lambda: services.cas.outside_roots,
        ),
        "revoke_ca": revoke_ca(lambda: services.cas.ca_revocation),
        "install_ca_certificate": install_ca_certificate(lambda: services.cas.outside_roots),
        "recount": recount(lambda: services.recount_requests),
    }
)
deployments = Deployments(actions, lambda: services.patience)


@with_context
def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """`{"action": ...}`, or a custom resource's request. A refusal is raised, so that the caller sees a
    FunctionError with its text. No alarm counts these errors: MaintenanceMargin asks when upkeep last
    succeeded."""
    if "RequestType" in event:
        return deployments.run(event)
    return actions.run(event)
