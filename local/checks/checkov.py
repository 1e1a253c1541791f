"""A part of `make check`: fails for what checkov finds beyond checkov_baseline.toml. No network."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from local.bootstrap import ROOT, ensure_environment

BASELINE = Path(__file__).with_name("checkov_baseline.toml")


@dataclass(frozen=True)
class Finding:
    """`resource` is `file:LogicalId`."""

    check: str
    resource: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.resource}: {self.check} {self.name}"


@dataclass(frozen=True)
class Accepted:
    """`resources` are those of findings, or patterns of them."""

    resources: Sequence[str]
    reason: str

    def __post_init__(self) -> None:
        if not self.resources or not self.reason.strip():
            raise ValueError("an entry of the baseline has resources and a reason")


def baseline(text: str) -> dict[str, Accepted]:
    """The accepted findings by check."""
    return {check: Accepted(**entry) for check, entry in tomllib.loads(text).items()}


def problems(found: Sequence[Finding], accepted: Mapping[str, Accepted]) -> Iterator[str]:
    """Findings that no entry accepts, and entries that accept nothing."""
    yield from (str(each) for each in found if not _is_accepted(each, accepted))
    for check, entry in accepted.items():
        resources = [each.resource for each in found if each.check == check]
        for pattern in entry.resources:
            if not any(fnmatchcase(resource, pattern) for resource in resources):
                yield f"{BASELINE.name}: {check} is not found for {pattern}: remove the entry"


def _is_accepted(finding: Finding, accepted: Mapping[str, Accepted]) -> bool:
    patterns = accepted[finding.check].resources if finding.check in accepted else ()
    return any(fnmatchcase(finding.resource, pattern) for pattern in patterns)


def scanned(templates: Sequence[Path]) -> list[Finding]:
    """Raises CalledProcessError if checkov fails, ValueError if it read less than all templates."""
    checkov = ensure_environment("checkov").with_name("checkov")
    options = [
        "--framework",
        "cloudformation",
        "--skip-download",
        "--quiet",
        "--soft-fail",
        "--output",
        "json",
    ]
    files = [str(path.relative_to(ROOT)) for path in templates]
    ran = subprocess.run([checkov, *options, "--file", *files], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    report = json.loads(ran.stdout)
    if report["summary"]["parsing_errors"] or not report["summary"]["passed"]:
        raise ValueError(f"checkov did not read the templates: {report['summary']}")
    return [_finding(each) for each in report["results"]["failed_checks"]]


def _finding(failed: Mapping[str, Any]) -> Finding:
    file, logical_id = failed["file_path"].lstrip("/"), failed["resource"].rpartition(".")[2]
    return Finding(failed["check_id"], f"{file}:{logical_id}", failed["check_name"])


def main() -> int:
    templates = [ROOT / "template.yaml", *sorted((ROOT / "stacks").glob("*.yaml"))]
    found = list(problems(scanned(templates), baseline(BASELINE.read_text("utf-8"))))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
