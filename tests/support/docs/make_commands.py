"""`make` commands of the pages against the Makefile."""

import re
from functools import cache
from itertools import pairwise

from tests.support.template import ROOT

_TARGET = re.compile(r"^([a-z][a-z0-9 -]*):(?!=)(?:.*?## (.*))?", re.MULTILINE)
_VARIABLE = re.compile(r"\b[A-Z][A-Z_]+\b")
_OWN = re.compile(r"^([A-Z][A-Z_]+) [?:]?=", re.MULTILINE)
# Passed to `make run` and what starts from it, or named in a sample event, but not in the help of one target.
SHARED = {
    "PORT",
    "LOCAL_DIR",
    "ENDPOINT",
    "CERTIFICATE_ID",
    "JOB_ID",
    "NOTIFICATION_ID",
    "TAGS",
    "TABLES",
    "NEW_CA",
}


@cache
def targets() -> dict[str, str]:
    """Each target with its help, which names the variables that it takes; empty without one."""
    found: dict[str, str] = {}
    for names, about in _TARGET.findall((ROOT / "Makefile").read_text("utf-8")):
        for name in names.split():
            found[name] = about or found.get(name, "")
    return found


def fault(words: list[str]) -> str | None:
    """The fault of what follows `make`."""
    folders = {after for word, after in pairwise(words) if word == "-C"}
    goals = [word for word in words if "=" not in word and not word.startswith("-") and word not in folders]
    given = {word.partition("=")[0] for word in words if "=" in word}
    if unknown := [goal for goal in goals if goal not in targets() and goal not in ("...", "…")]:
        return f"the Makefile has no target {unknown[0]}"
    own = set(_OWN.findall((ROOT / "Makefile").read_text("utf-8")))
    known = SHARED | own | {name for goal in goals for name in _VARIABLE.findall(targets().get(goal, ""))}
    if refused := sorted(given - known):
        return f"make {' '.join(goals)} takes no {refused[0]}"
    return None
