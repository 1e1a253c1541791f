"""`python -m bench.profiles [NAME...]`: where the processor time of each hot path goes, now and at an earlier
commit, as tables. WRITE=1 writes them into docs/benchmarks.md. Needs Java 17 and npm, for DynamoDB Local."""

import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.canned_dynamodb import serving
from bench.harness.base import BASE, HERE, base_tree, environment_of
from bench.harness.databases import dynamodb_local
from bench.harness.page import PAGE
from bench.harness.sides import Side, both
from bench.harness.turns import ran
from bench.profiles.folding import Profile

_SIDE = Path(__file__).with_name("side.py")
_ENTRIES = 100_000
_LEAST = 0.02
"""The share of the earlier commit's time below which a package is among the others."""
_MOST_FUNCTIONS = 6
type Pair = tuple[Profile, Profile]


@dataclass(frozen=True)
class _Path:
    says: str
    pair: Callable[[], Pair]
    unit: str = "ms"


def _request(name: str) -> Pair:
    with dynamodb_local() as endpoint, both(_SIDE, "requests", endpoint) as sides:
        return _asked(sides.base, name, 10), _asked(sides.ours, name, 10)


def _crl() -> Pair:
    with serving(_ENTRIES) as url, both(_SIDE, "crls", url, str(_ENTRIES)) as sides:
        return _asked(sides.base, "0", 3), _asked(sides.ours, "0", 3)


def _asked(side: Side, name: str, times: int) -> Profile:
    return Profile(*side.ask("profile", name, times))


def _start(function: str) -> Pair:
    """The modules that the import of a function's module loads, by package: they can be counted on a machine
    that is busy."""
    before, now = (Profile(_imported(tree, function), {}) for tree in (base_tree(), HERE))
    return before, now


def _imported(tree: Path, function: str) -> Counter[str]:
    program = f"import os; os.dup2(1, 2); import functions.{function}.app"
    settings = {"POWERTOOLS_SERVICE_NAME": "bench", "AWS_DEFAULT_REGION": "eu-central-1"}
    command = [sys.executable, "-X", "importtime", "-c", program]
    done = ran(command, cwd=tree, environment={**environment_of(tree), **settings})
    packages = Counter[str]()
    for name in re.findall(r"^import time:\s+\d+ \|\s+\d+ \|\s+(\S+)$", done.stdout.decode(), re.M):
        packages[_package(name)] += 1
    return packages


def _package(module: str) -> str:
    top = module.partition(".")[0]
    return "Python" if top in sys.stdlib_module_names else "certctl" if top == "functions" else top


PATHS: Mapping[str, _Path] = {
    "overview": _Path("`GET /stats/overview`, each 30 s", lambda: _request("overview_later")),
    "attention": _Path("`GET /attention`, each 60 s", lambda: _request("attention_later")),
    "list": _Path("a list of 50 certificates", lambda: _request("list")),
    "expiring": _Path("a list of 50, `Expiring`", lambda: _request("expiring")),
    "crl": _Path(f"an edition of a CRL of {_ENTRIES:,} entries", _crl),
    "start": _Path("import of `certificates_api`", lambda: _start("certificates_api"), "modules"),
    "public-start": _Path("import of `public_api`", lambda: _start("public_api"), "modules"),
}


def main(names: list[str]) -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # functions start with compiled modules
    for name in names or PATHS:
        before, now = PATHS[name].pair()
        table = "".join(f"{line}\n" for line in _table(name, before, now))
        print(table, flush=True)
        if os.environ.get("WRITE"):
            _write(name, table)


def _table(name: str, before: Profile, now: Profile) -> Iterator[str]:
    total = sum(before.packages.values()), sum(now.packages.values())
    yield f"| {PATHS[name].says} | base {BASE} | now |"
    yield "| --- | --- | --- |"
    yield f"| in all, {PATHS[name].unit} | {total[0]:.4g} | {total[1]:.4g} |"
    largest = Counter(dict(before.packages)) | Counter(dict(now.packages))
    shown = [package for package, most in largest.most_common() if most >= _LEAST * total[0]]
    for package in shown:
        yield _row(f"`{package}`" if package != "Python" else package, before.packages, now.packages, package)
    others = (
        sum(each.packages.get(one, 0) for one in set(each.packages) - set(shown)) for each in (before, now)
    )
    yield "| all others | {:.4g} | {:.4g} |".format(*others)
    if before.functions:
        yield ""
        yield f"- Functions with most time of their own, at {BASE}: {_longest(before)}."
        yield f"- Now: {_longest(now)}."


def _without(profile: Profile, shown: Sequence[str]) -> float:
    return sum(spent for package, spent in profile.packages.items() if package not in shown)


def _row(text: str, before: Mapping[str, float], now: Mapping[str, float], name: str) -> str:
    return f"| {text} | {before.get(name, 0):.4g} | {now.get(name, 0):.4g} |"


def _longest(profile: Profile) -> str:
    longest = Counter(dict(profile.functions)).most_common(_MOST_FUNCTIONS)
    return ", ".join(f"`{name}` {spent:.4g}" for name, spent in longest)


def _write(name: str, table: str) -> None:
    text: Any = PAGE.read_text()
    marked = re.compile(rf"(<!-- profile: {name} -->\n).*?(<!-- /profile -->)", re.DOTALL)
    PAGE.write_text(marked.sub(lambda match: match[1] + table + match[2], text))


if __name__ == "__main__":
    main(sys.argv[1:])
