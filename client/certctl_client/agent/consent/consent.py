"""What this host allows, whatever the server requests. The rest is refused before anything is touched."""

import grp
import json
import os
import pwd
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from certctl_client.agent.errors import WorkRefused

CRL_BUNDLE = "CRLBundle"
_OF_CERTIFICATES = ("NGINX", "Apache", "HAProxy", "Files", "ACM")
KINDS = (*_OF_CERTIFICATES, CRL_BUNDLE)
ALL_OF_A_REGION = ":certificate/*"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Source(StrEnum):
    FILE = "file"
    ENROLMENT = "enrolment"


@dataclass(frozen=True)
class Consent:
    """Allows only what is named; `any_...` allows all of a sort. A kind includes its own test and reload
    commands; files may always belong to the agent's own user."""

    source: Source = Source.FILE
    kinds: Sequence[str] = ()
    directories: Sequence[str] = ()
    any_directory: bool = False
    commands: Sequence[Sequence[str]] = ()
    any_command: bool = False
    owners: Sequence[str] = ()
    any_owner: bool = False
    verify_addresses: Sequence[str] = ()
    any_verify_address: bool = False
    acm_arns: Sequence[str] = ()
    any_acm_arn: bool = False

    @property
    def as_wire(self) -> dict[str, Any]:
        """The consent as reported to the server, with the names of the agent's own user and group. Servers of
        earlier releases refuse the fields of ACM: a host that does not allow ACM leaves them out."""
        wire = asdict(self) | {"owners": list(dict.fromkeys([*self.owners, *_own_names()]))}
        return wire if "ACM" in self.kinds else {name: wire[name] for name in wire if "acm" not in name}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, in hex, which the server compares."""
        canonical = json.dumps(self.as_wire, sort_keys=True, separators=(",", ":"))
        return sha256(canonical.encode()).hexdigest()

    @property
    def open_lists(self) -> list[str]:
        """The lists without limits: all `any_...` that are true."""
        switches = ("any_directory", "any_command", "any_owner", "any_verify_address", "any_acm_arn")
        return [name for name in switches if getattr(self, name)]

    def require_kind(self, kind: str) -> None:
        """Raises WorkRefused, like the methods below."""
        if kind not in self.kinds:
            raise WorkRefused(f"{kind} is not a kind of target that this host allows.")

    def require_path(self, path: PurePosixPath) -> None:
        if not self.any_directory and not any(path.is_relative_to(allowed) for allowed in self.directories):
            raise WorkRefused(f"{path} is not in a directory that this host allows.")

    def require_command(self, command: Sequence[str]) -> None:
        if not self.any_command and list(command) not in [list(allowed) for allowed in self.commands]:
            raise WorkRefused(f"{command[0]} with these arguments is not a command that this host allows.")

    def require_owner(self, name: str) -> None:
        if not self.any_owner and name not in self.owners:
            raise WorkRefused(f"{name} is not a user or group that this host allows as owner of files.")

    def require_found_owner(self, path: PurePosixPath, name: str) -> None:
        """Checks the owner of an existing file, which a deployment keeps. Raises WorkRefused."""
        if not self.any_owner and name not in self.owners:
            raise WorkRefused(
                f"{path} belongs to {name}, which is not a user or group that this host allows as owner of "
                "files: change the owner of the file, or name it in `owners` of the consent file."
            )

    def require_acm(self, region: str, arn: str | None) -> None:
        """`arn` is None for a certificate that the agent makes in the region, or has made."""
        if self.any_acm_arn:
            return
        all_of_a_region = [allowed for allowed in self.acm_arns if allowed.endswith(ALL_OF_A_REGION)]
        if arn is None:
            is_allowed = any(allowed.split(":")[3] == region for allowed in all_of_a_region)
        else:
            is_allowed = arn in self.acm_arns or f"{arn.partition('/')[0]}/*" in all_of_a_region
        if not is_allowed:
            what = arn or f"A new certificate in {region}"
            raise WorkRefused(
                f"{what} is not a certificate in ACM that this host allows: "
                f"name its ARN in `acm_arns` of the consent file, or one that ends with {ALL_OF_A_REGION}."
            )

    def require_verify_address(self, host: str) -> None:
        if not self.any_verify_address and host not in self.verify_addresses:
            raise WorkRefused(f"{host} is not an address to which this host allows connections.")


def _own_names() -> list[str]:
    """Names of the user and group of this process; none if the system has no names for them."""
    names = []
    with suppress(KeyError):
        names.append(pwd.getpwuid(os.geteuid()).pw_name)
    with suppress(KeyError):
        names.append(grp.getgrgid(os.getegid()).gr_name)
    return names


NOTHING = Consent()
EVERYTHING = Consent(
    kinds=KINDS,
    any_directory=True,
    any_command=True,
    any_owner=True,
    any_verify_address=True,
    any_acm_arn=True,
)


def consent_of_flags(directories: Sequence[str], commands: Sequence[Sequence[str]]) -> Consent:
    """The consent that the flags of an enrolment by an earlier release gave: without flags, anything."""
    return Consent(
        source=Source.ENROLMENT,
        kinds=_OF_CERTIFICATES,
        directories=directories,
        any_directory=not directories,
        commands=commands,
        any_command=not commands,
        any_owner=True,
        any_verify_address=True,
        any_acm_arn=True,
    )
