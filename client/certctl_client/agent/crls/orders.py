"""Targets of kind CRLBundle as the server sends them, and the files and commands that they name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certctl_client.agent.consent.consent import CRL_BUNDLE, Consent
from certctl_client.agent.errors import WorkRefused
from certctl_client.agent.targets.base import Assignment
from certctl_client.agent.targets.configuration import (
    command_in,
    group_in,
    optional_path_in,
    owner_in,
    path_in,
)
from certctl_client.agent.targets.host_files import HostFile, HostFiles
from certctl_client.agent.wire import checked_id
from certctl_client.crl.bundles import Bundle
from certctl_client.crl.public import LIMIT

_DEFAULT_ISSUERS = ("iss-local",)


@dataclass(frozen=True)
class Order:
    """A target, and its configuration."""

    target_id: str
    config: Mapping[str, Any]

    @property
    def issuer_ids(self) -> Sequence[str]:
        """Raises WorkRefused."""
        given = self.config.get("issuer_ids") or _DEFAULT_ISSUERS
        if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
            raise WorkRefused("issuer_ids is not an array of ids.")
        return given


@dataclass(frozen=True)
class CrlFiles:
    """`files` are the CRLs', and that of the CA certificates if the target has one. `stale_command` may be
    empty."""

    files: HostFiles
    stale_command: Sequence[str]

    def contents_of(self, bundle: Bundle) -> list[bytes]:
        """The contents in the order of writing: CRLs first, since a new CA without its CRL would be
        refused."""
        return [bundle.crl_pem, bundle.ca_pem][: len(self.files.files)]


def orders_in(response: Mapping[str, Any]) -> list[Order] | None:
    """The agent's orders; None if the server sends none: it is of an earlier release, or was not asked."""
    records = response.get("crl_bundles")
    if not isinstance(records, list):
        return None
    try:
        return [Order(checked_id(each["id"]), dict(each["config"])) for each in records]
    except (KeyError, TypeError, ValueError):
        raise WorkRefused("The server's CRL bundles do not have a form that this agent knows.") from None


def crl_files(order: Order, consent: Consent) -> CrlFiles:
    """Raises WorkRefused for what this host does not allow."""
    consent.require_kind(CRL_BUNDLE)
    place = Assignment(order.target_id, "", "", order.config, consent)
    crls, authorities = path_in(place, "crl_path"), optional_path_in(place, "ca_path")
    if crls == authorities:
        raise WorkRefused("crl_path and ca_path must be different files.")
    files = HostFiles(
        [HostFile(path) for path in (crls, authorities) if path],
        owner_in(place),
        group_in(place),
        command_in(place, "test_command"),
        command_in(place, "reload_command"),
        consent,
        limit=2 * LIMIT,
    )
    return CrlFiles(files, command_in(place, "stale_command"))
