"""Writes what follows from the fields of a kind into the modules of the layer: all lines between
`# fields of <kind>: <what>` and `# end of fields`."""

import re

from local.record_fields.described import RecordKind
from local.record_fields.kinds import KINDS

MARK = "# fields of "
_REGION = re.compile(rf"^( *){MARK}(\w+): ([\w ]+)\n.*?\1# end of fields\n", re.S | re.M)
_KINDS = {kind.name: kind for kind in KINDS}
_LINES = {
    "new": "{0.name}: {0.new}",
    "new body": "{0.name}: {0.new_body}",
    "edit": "{0.name}: {0.python} | None = None",
    "edit body": "{0.name}: {0.body} | None = None",
    "filter": "{0.attribute}: {0.python} | None = None",
    "selection": "{0.attribute}: {0.python} | None = None",
    "selection body": "{0.name}: {0.sought} | None = None",
    "selection view": "{0.name}: {0.python} | None",
    "view": "{0.name}: {0.shown}",
}
"""A line for each field whose uses are the first word."""


def filled(text: str) -> str:
    """The module with its regions written again."""
    return _REGION.sub(_region, text)


def lines_of(kind: RecordKind, what: str) -> list[str]:
    return [_LINES[what].format(each) for each in kind.fields_of(what.split()[0])]


def _region(found: re.Match[str]) -> str:
    indent, kind, what = found.groups()
    lines = [f"{MARK}{kind}: {what}", *lines_of(_KINDS[kind], what), "# end of fields"]
    return "".join(f"{indent}{line}\n" for line in lines)
