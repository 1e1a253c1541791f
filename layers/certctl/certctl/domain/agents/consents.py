"""What an agent's host allows, as the agent reports it, and what it forbids of a target.

The agent itself refuses whatever its host does not allow; the check here only reports it before a deployment
does. `tests/contract/client/test_consents.py` holds both to the same table of cases.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from certctl.domain.agents.kinds.definitions import TargetDefinition
from certctl.domain.audit.events import facts
from certctl.domain.errors import FieldProblem
from certctl.domain.kinds import HostPart

_ACCOUNTS = ((HostPart.USER, "user"), (HostPart.GROUP, "group"))
_ACM, _ALL_OF_A_REGION = "ACM", ":certificate/*"
_MOST_SHOWN = 5
_LONGEST_SHOWN = 96


class ConsentSource(StrEnum):
    """`Enrolment`: the host has no consent file yet; what its enrolment's flags allowed stays in force."""

    FILE = "file"
    ENROLMENT = "enrolment"


@dataclass(frozen=True)
class Consent:
    """Only what is named is allowed, and everything of a sort with `any_...`."""

    source: ConsentSource = ConsentSource.FILE
    kinds: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    any_directory: bool = False
    commands: tuple[tuple[str, ...], ...] = ()
    any_command: bool = False
    owners: tuple[str, ...] = ()
    any_owner: bool = False
    verify_addresses: tuple[str, ...] = ()
    any_verify_address: bool = False
    acm_arns: tuple[str, ...] = ()
    any_acm_arn: bool = False

    @property
    def as_json(self) -> str:
        return json.dumps(facts(self), separators=(",", ":"), ensure_ascii=False)


def consent_of(text: str) -> Consent:
    """Parses `as_json`. Keys of later releases are ignored. Agents of earlier ones set no bound in ACM."""
    stored = json.loads(text)
    stored.setdefault("any_acm_arn", _ACM in stored["kinds"])
    known = {field.name: _frozen(stored[field.name]) for field in fields(Consent) if field.name in stored}
    return Consent(**known | {"source": ConsentSource(stored["source"])})


def forbidden_of(
    definition: TargetDefinition, config: Mapping[str, Any], consent: Consent
) -> list[FieldProblem]:
    """What the host of a target's agent does not allow of it, by field; empty for a target that fits.
    `definition` is of the target's kind."""
    if definition.type not in consent.kinds:
        return [FieldProblem("type", _refused(f"{definition.type} targets", consent.kinds))]
    return [
        *_forbidden_paths(definition, config, consent),
        *_forbidden_commands(definition, config, consent),
        *_forbidden_accounts(definition, config, consent),
        *_forbidden_addresses(definition, config, consent),
        *_forbidden_in_acm(definition, config, consent),
    ]


def _forbidden_paths(
    definition: TargetDefinition, config: Mapping[str, Any], consent: Consent
) -> Iterator[FieldProblem]:
    for name in definition.reaching(HostPart.FILE):
        path = config.get(name)
        if consent.any_directory or not isinstance(path, str):
            continue
        if not any(PurePosixPath(path).is_relative_to(directory) for directory in consent.directories):
            yield FieldProblem(f"config.{name}", _refused("this directory", consent.directories))


def _forbidden_commands(
    definition: TargetDefinition, config: Mapping[str, Any], consent: Consent
) -> Iterator[FieldProblem]:
    """The commands that a kind runs by default are allowed with the kind."""
    for name, setting in definition.reaching(HostPart.COMMAND).items():
        command = tuple(config.get(name) or ())
        if consent.any_command or not command or command == setting.default:
            continue
        if command not in consent.commands:
            allowed = [json.dumps(each, ensure_ascii=False) for each in consent.commands]
            yield FieldProblem(f"config.{name}", _refused("this command", allowed))


def _forbidden_accounts(
    definition: TargetDefinition, config: Mapping[str, Any], consent: Consent
) -> Iterator[FieldProblem]:
    for part, noun in _ACCOUNTS:
        for name in definition.reaching(part):
            if config.get(name) and not consent.any_owner and config[name] not in consent.owners:
                yield FieldProblem(f"config.{name}", _refused(f"files of this {noun}", consent.owners))


def _forbidden_addresses(
    definition: TargetDefinition, config: Mapping[str, Any], consent: Consent
) -> Iterator[FieldProblem]:
    for name in definition.reaching(HostPart.ADDRESS):
        address = config.get(name)
        if consent.any_verify_address or not isinstance(address, str):
            continue
        if address.rpartition(":")[0].strip("[]") not in consent.verify_addresses:
            refusal = _refused("connections to this host", consent.verify_addresses)
            yield FieldProblem(f"config.{name}", refusal)


def _forbidden_in_acm(
    definition: TargetDefinition, config: Mapping[str, Any], consent: Consent
) -> Iterator[FieldProblem]:
    """Without an ARN the agent makes a certificate in the region: an ARN that ends with `/*` allows that."""
    for name in definition.reaching(HostPart.ACM_CERTIFICATE):
        arn, region = config.get(name), config.get("region")
        of_region = [each for each in consent.acm_arns if each.endswith(_ALL_OF_A_REGION)]
        if arn:
            is_allowed = arn in consent.acm_arns or f"{str(arn).partition('/')[0]}/*" in of_region
        else:
            is_allowed = any(each.split(":")[3] == region for each in of_region)
        if not (is_allowed or consent.any_acm_arn):
            what = "this certificate in ACM" if arn else "new certificates in this region of ACM"
            yield FieldProblem(f"config.{name}", _refused(what, consent.acm_arns))


def _refused(what: str, allowed: Sequence[str]) -> str:
    shown = ", ".join(f"{each:.{_LONGEST_SHOWN}}" for each in allowed[:_MOST_SHOWN]) or "none"
    more = f" and {len(allowed) - _MOST_SHOWN} more" if len(allowed) > _MOST_SHOWN else ""
    return f"the agent's host does not allow {what}; it allows {shown}{more}"


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
