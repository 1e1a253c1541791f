"""A file of template parameters: `Name=value` lines, `#` before a comment."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deploy.errors import DeployError
from local.settings import ROOT
from local.stack.template import parse_cloudformation

# They are in certificates, or in what the trail's readers rely on, and outlive any deploy.
UNCHANGEABLE = (
    "PkiHostName",
    "CaRootSubject",
    "CaIssuingSubject",
    "CaPermittedDomains",
    "RootKeySpec",
    "IssuingKeySpec",
    "AuditLockMode",
    "AuditLockDays",
)
LOCAL_ONLY = "LocalMode"

# Names that an earlier release gave to the CAs of every stack.
_FORMER_DEFAULTS = {
    "CaRootSubject": "CN=certctl Root CA,O=certctl",
    "CaIssuingSubject": "CN=certctl Issuing CA 1,O=certctl",
}

# What stacks have whose release had no such parameter.
_FORMER_CONSTANTS = {"RootKeySpec": "ECC_NIST_P384", "IssuingKeySpec": "ECC_NIST_P256"}
_OTHER_KEYS = (
    "The type of a key in KMS never changes: CloudFormation refuses the update. For a CA with another key: "
    "`make ca-key ROLE= SPEC=`, then `rotate`, `create_issuer` or `create_root` (docs/operating-cas.md)"
)

Declarations = Mapping[str, Mapping[str, Any]]


def declared_parameters() -> Declarations:
    """The parameters declared in template.yaml."""
    declared: Declarations = parse_cloudformation((ROOT / "template.yaml").read_text())["Parameters"]
    return declared


def read(path: Path, declared: Declarations) -> dict[str, str]:
    """Raises DeployError with every problem of the file, by line."""
    if not path.is_file():
        raise DeployError(f"PARAMETERS={path}: no such file; `cp parameters.example {path}` begins one")
    values: dict[str, str] = {}
    problems: list[str] = []
    for number, line in _lines(path):
        name, is_assignment, value = (part.strip() for part in line.partition("="))
        problem = _line_problem(name, bool(is_assignment), value, declared, name in values)
        if problem:
            problems.append(f"{path}:{number}: {problem}")
        values[name] = value
    if problems:
        raise DeployError("\n".join(["the parameters file cannot be used", *problems]))
    return values


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line


def _line_problem(name: str, is_assignment: bool, value: str, declared: Declarations, is_twice: bool) -> str:
    if not is_assignment:
        return "a line is Name=value, or begins with #"
    if name == LOCAL_ONLY:
        return f"{LOCAL_ONLY} is for the emulator of `make run` only"
    if name not in declared:
        known = ", ".join(sorted(declared.keys() - {LOCAL_ONLY}))
        return f"the template has no parameter {name}. It has {known}"
    return f"{name} is given twice" if is_twice else value_problem(name, value, declared[name])


def value_problem(name: str, value: str, declaration: Mapping[str, Any]) -> str:
    """What CloudFormation would refuse after the build; empty if it accepts the value."""
    allowed = [str(each) for each in declaration.get("AllowedValues", [])]
    if allowed and value not in allowed:
        return f"{name} is one of {', '.join(each or '(empty)' for each in allowed)}, not {value!r}"
    pattern = declaration.get("AllowedPattern")
    if pattern and not all(re.fullmatch(pattern, each) for each in _members(value, declaration)):
        return f"{name}={value} does not match {pattern}. {declaration.get('Description', '')}".rstrip()
    return _number_problem(name, value, declaration) if declaration["Type"] == "Number" else ""


def _members(value: str, declaration: Mapping[str, Any]) -> list[str]:
    """The values of a list, each of which CloudFormation compares with the pattern."""
    is_list = declaration["Type"] == "CommaDelimitedList"
    return [each.strip() for each in value.split(",")] if is_list else [value]


def _number_problem(name: str, value: str, declaration: Mapping[str, Any]) -> str:
    try:
        number = float(value)
    except ValueError:
        return f"{name} is a number, not {value!r}"
    if number < declaration.get("MinValue", number):
        return f"{name} is {declaration['MinValue']} or more"
    if number > declaration.get("MaxValue", number):
        return f"{name} is {declaration['MaxValue']} or less"
    return ""


def problems(values: Mapping[str, str], declared: Declarations) -> list[str]:
    """What CloudFormation or AWS Backup would refuse after the build."""
    alone = [value_problem(name, values[name], declared[name]) for name in declared]
    return [each for each in alone if each] or list(joint_problems(values))


def joint_problems(values: Mapping[str, str]) -> Iterator[str]:
    """Where two values that are valid alone are not together, and AWS would notice only when it uses them."""
    kept, locked = (float(values[name]) for name in ("BackupRetentionDays", "BackupLockDays"))
    if locked > kept:
        yield (
            f"BackupLockDays={locked:g} is more than BackupRetentionDays={kept:g}: "
            "the vault would refuse every recovery point, and each day's backup would fail"
        )
    root, issuing = values["RootKeySpec"], values["IssuingKeySpec"]
    if root.partition("_")[0] != issuing.partition("_")[0]:
        yield (
            f"RootKeySpec={root} and IssuingKeySpec={issuing} are of two families: a client without one of "
            "them could verify nothing. Both begin with ECC, or both with RSA; a second hierarchy can follow"
        )


def with_former_defaults(given: Mapping[str, str], deployed: Mapping[str, str]) -> dict[str, str]:
    """A stack that was made with defaults which are others today keeps them, though its file omits them."""
    kept = {name: value for name, value in _FORMER_DEFAULTS.items() if deployed.get(name) == value}
    return kept | dict(given)


def complete(given: Mapping[str, str], declared: Declarations) -> dict[str, str]:
    """An omitted parameter has its default, whatever the last deploy had."""
    return {name: given.get(name, str(each.get("Default", ""))) for name, each in declared.items()}


def require_unchanged(wanted: Mapping[str, str], deployed: Mapping[str, str]) -> None:
    """Raises DeployError if a value differs that was fixed at the first deploy."""
    had = _FORMER_CONSTANTS | dict(deployed) if deployed else {}
    given = _FORMER_CONSTANTS | dict(wanted)
    changed = [name for name in UNCHANGEABLE if name in had and given.get(name, "") != had[name]]
    if not changed:
        return
    lines = ["fixed at the first deploy, so these keep their values:"]
    lines += [f"  {name}={had[name]}" for name in changed]
    lines += [_OTHER_KEYS] if _FORMER_CONSTANTS.keys() & set(changed) else []
    raise DeployError("\n".join(lines))
