"""Actions of administrators and of the hourly schedule: the stack's own roots, and the CAs below them."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from certctl.api.actions import Action, Fields
from certctl.domain.authorities.authorities import (
    Authority,
    CrlShard,
    NewAuthority,
    NewRoot,
    SignedAuthority,
)
from certctl.domain.authorities.revoked_cas import CaRevocationRequest
from certctl.domain.certificates.defaults import DEFAULT_ISSUER
from certctl.domain.errors import InvalidInput, NotServed, Unavailable
from certctl.domain.revocation.requests import require_ticket
from certctl.domain.status.ocsp import StoredResponder
from certctl.domain.times import to_wire, to_wire_or_none

if TYPE_CHECKING:
    # not at import: they load cryptography, which most actions do not need
    from certctl.services.access.key_subjects import GivenSubjects, KeySubjects
    from certctl.services.authorities.activation import CaActivation
    from certctl.services.authorities.ca_revocation import CaRevocation
    from certctl.services.authorities.external_roots import ExternalRoots
    from certctl.services.authorities.initialization import StackInitialization
    from certctl.services.authorities.ocsp_urls import OcspUrls
    from certctl.services.authorities.provisioning import CaProvisioning
    from certctl.services.authorities.roots.making import RootMaking
    from certctl.services.authorities.roots.publication import RootPublication
    from certctl.services.authorities.shards import ShardExpansion
    from certctl.services.authorities.upkeep.ca_serials import CaSerials
    from certctl.services.catalog.issuers import CatalogIssuers
    from certctl.services.insights.margins import RunReports
    from certctl.services.revocation.ends import GivenEnds, RevocationEnds
    from certctl.services.status.ocsp_responders import OcspResponders
    from certctl.services.status.responder_rotation import ResponderRotation


def initialize(
    initialization: "Callable[[], StackInitialization]",
    key_subjects: "Callable[[], KeySubjects]",
    revocation_ends: "Callable[[], RevocationEnds]",
) -> Action:
    def run(_: Fields) -> dict[str, Any]:
        pair = initialization().run()
        given, ends = key_subjects().give(), revocation_ends().give()
        return {
            "root_ca_id": pair.root.ca_id,
            "issuing_ca_id": pair.issuing.ca_id,
            "certificate_url": pair.issuing.certificate_url,
            "crl_url": pair.issuing.crl_url,
            "waits_for": pair.waits_for or "nothing",
            **_given_view(given, ends),
        }

    return run


def _given_view(given: "GivenSubjects", ends: "GivenEnds") -> dict[str, Any]:
    """The counts of keys and revocations of earlier releases."""
    return {
        "keys_given_subjects": given.given,
        "all_keys_have_subjects": given.complete,
        "revocations_given_ends": ends.given,
        "all_revocations_have_ends": ends.complete,
    }


def activate(activation: "Callable[[], CaActivation]", ocsp_urls: "Callable[[], OcspUrls]") -> Action:
    """Activates waiting CAs, for an operator who has just made the DNS record of the PKI host. Raises
    NotServed while the host does not serve."""

    def run(_: Fields) -> dict[str, Any]:
        waiting = activation().activate_waiting()
        if waiting:
            raise NotServed(" ".join(waiting))
        return {"waits_for": "nothing", "ocsp_waiting": ocsp_urls().enable_waiting()}

    return run


def keep_up(
    root: "Callable[[], RootPublication]",
    key_subjects: "Callable[[], KeySubjects]",
    revocation_ends: "Callable[[], RevocationEnds]",
    ocsp_urls: "Callable[[], OcspUrls]",
    shard_expansion: "Callable[[], ShardExpansion]",
    serials: "Callable[[], CaSerials]",
    root_responders: "Callable[[], OcspResponders]",
    reports: "Callable[[], RunReports]",
) -> Action:
    """The shards last: they need the publisher too. Raises Unavailable after all that could be done: a run
    that fails is not recorded, and two of them are a cause of MaintenanceMargin."""

    def run(_: Fields) -> dict[str, Any]:
        upkeep = root().keep_up()
        serials_stored, responders = serials().store_missing(), root_responders().renew_due()
        given, ends = key_subjects().give(), revocation_ends().give()
        ocsp_waiting = ocsp_urls().enable_waiting()
        opened = len(shard_expansion().expand_due())
        if failed := [*upkeep.failed, *responders.failed]:
            raise Unavailable("; ".join(failed))
        reports().record()
        return {
            "root_crls": [_crl_view(each) for each in upkeep.published],
            "waiting": list(upkeep.waiting),
            "ocsp_waiting": ocsp_waiting,
            "crl_shards_opened": opened,
            "root_responders": [_responder_view(each) for each in responders.made],
            "serials_stored": serials_stored,
            **_given_view(given, ends),
        }

    return run


def rotate_responder(rotation: "Callable[[], ResponderRotation]") -> Action:
    """Replaces a root's responder; crl_publisher has the action for issuing CAs."""

    def run(fields: Fields) -> dict[str, Any]:
        return _responder_view(rotation().rotate(fields.text("ca_id")))

    return run


def _responder_view(made: StoredResponder) -> dict[str, Any]:
    named = {"ca_id": made.ca_id, "serial_number": made.serial_number}
    return named | {"not_after": to_wire(made.not_after)}


def publish_root_crl(roots: "Callable[[], RootPublication]") -> Action:
    """Publishes the CRL of the root with `root_id`, or of every root."""

    def run(fields: Fields) -> dict[str, Any]:
        root_id = fields.text_or_none("root_id")
        published = [roots().publish(root_id)] if root_id else roots().publish_all()
        return {"root_crls": [_crl_view(each) for each in published]}

    return run


def _crl_view(published: CrlShard) -> dict[str, Any]:
    return {"ca_id": published.ca_id, "url": published.url, "crl_number": published.crl_number}


def create_root(making: "Callable[[], RootMaking]") -> Action:
    """Repeat it with the same key until it succeeds; after that it changes nothing."""

    def run(fields: Fields) -> dict[str, Any]:
        made = making().create(NewRoot(fields.text("key_arn"), fields.text("subject")))
        return {
            "root_id": made.ca_id,
            "state": made.state.value,
            "key_arn": made.key_arn,
            "not_after": to_wire(made.not_after),
            "certificate_url": made.certificate_url,
            "crl_url": made.crl_url,
            "ocsp_url": made.ocsp_url,
        }

    return run


def rotate(
    provisioning: "Callable[[], CaProvisioning]", external_roots: "Callable[[], ExternalRoots]"
) -> Action:
    """Repeat it with the same key until it succeeds; after that it changes nothing."""

    def run(fields: Fields) -> dict[str, Any]:
        wanted = _new_authority(fields, fields.text_or_none("issuer_id") or DEFAULT_ISSUER)
        if fields.is_set("csr_only"):
            return _request(external_roots(), wanted)
        return _view(provisioning().rotate(wanted))

    return run


def create_issuer(
    catalog: "Callable[[], CatalogIssuers]",
    provisioning: "Callable[[], CaProvisioning]",
    external_roots: "Callable[[], ExternalRoots]",
) -> Action:
    """Makes an issuer: a record in the catalog, and a CA."""

    def run(fields: Fields) -> dict[str, Any]:
        wanted = _new_authority(fields, fields.text("issuer_id"))
        catalog().ensure(wanted.issuer_id, fields.text("name"))
        if fields.is_set("csr_only"):
            return _request(external_roots(), wanted)
        return _view(provisioning().create(wanted))

    return run


def install_ca_certificate(external_roots: "Callable[[], ExternalRoots]") -> Action:
    def run(fields: Fields) -> dict[str, Any]:
        issuer_id = fields.text_or_none("issuer_id") or DEFAULT_ISSUER
        certificate, chain = fields.text("certificate_pem"), fields.text("chain_pem")
        signed = SignedAuthority(issuer_id, certificate, chain, fields.text_or_texts("confirm"))
        return _view(external_roots().install(signed))

    return run


def revoke_ca(revocation: "Callable[[], CaRevocation]") -> Action:
    """Repeat it with the same reason until it succeeds; after that it changes nothing."""

    def run(fields: Fields) -> dict[str, Any]:
        wanted = CaRevocationRequest(
            fields.text("ca_id"),
            fields.text("reason"),
            fields.text("confirm"),
            fields.is_set("force"),
            fields.choice_or_none("ocsp_revoked_for_all"),
            require_ticket(fields.text_or_none("ticket")),
        )
        revoked = revocation().revoke(wanted)
        return {
            "ca_id": revoked.authority.ca_id,
            "state": revoked.authority.state.value,
            "serial_number": revoked.serial_number,
            "reason": revoked.authority.revocation_reason,
            "revoked_at": to_wire_or_none(revoked.authority.revoked_at),
            "ocsp_revoked_for_all": bool(revoked.authority.ocsp_revokes_all),
            "root_crl_url": revoked.crl.url if revoked.crl else None,
            "root_crl_number": revoked.crl.crl_number if revoked.crl else None,
            "to_be_revoked_by": None if revoked.crl else revoked.revoker,
        }

    return run


def _new_authority(fields: Fields, issuer_id: str) -> NewAuthority:
    return NewAuthority(
        issuer_id=issuer_id,
        key_arn=fields.text("key_arn"),
        subject=fields.text_or_none("subject"),
        permitted_domains=fields.texts_or_none("permitted_domains"),
        confirm=fields.text_or_texts("confirm"),
        root_id=fields.text_or_none("root_id"),
    )


def _request(external_roots: "ExternalRoots", wanted: NewAuthority) -> dict[str, Any]:
    """A request for an external root to sign; `install_ca_certificate` takes the result. Without permitted
    domains, which that root sets, and a root of the stack."""
    if wanted.root_id is not None:
        raise InvalidInput.of(
            "root_id", "is a root of this stack, and csr_only for an external one: omit one"
        )
    if wanted.permitted_domains is not None:
        raise InvalidInput.of("permitted_domains", "are set by the external root: omit them")
    return asdict(external_roots.request(wanted))


def _view(authority: Authority) -> dict[str, Any]:
    return {
        "issuer_id": authority.issuer_id,
        "ca_id": authority.ca_id,
        "root_id": authority.parent_id,
        "replaces": authority.replaces,
        "state": authority.state.value,
        "key_arn": authority.key_arn,
        "not_after": to_wire(authority.not_after),
        "certificate_url": authority.certificate_url,
        "crl_url": authority.crl_url,
    }
