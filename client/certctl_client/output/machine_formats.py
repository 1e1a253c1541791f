"""Output for machines, in UTF-8: JSON and YAML show the records unchanged; CSV is for spreadsheets.

Records are written as they arrive, so that a list of any length takes no memory.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from textwrap import indent
from typing import Any
from unicodedata import normalize

from certctl_client.errors import ConfigurationError
from certctl_client.output.selection import Selection, selected
from certctl_client.output.views import Detail, Listing, Plain, Record, View
from certctl_client.plain_text import one_line

_LONGEST = 10_000
# What a spreadsheet reads as a formula (OWASP, "CSV Injection"), and the minus sign that NFKC leaves.
_FORMULA_STARTS = ("=", "+", "-", "@", "\N{MINUS SIGN}")


def show_json(view: View | Plain) -> None:
    if isinstance(view, Plain):
        return _write(_json(view.value) + "\n")
    if isinstance(view, Listing):
        return _write_json_list(view.records)
    _write(_json(view.record) + "\n")


def show_yaml(view: View) -> None:
    if isinstance(view, Listing):
        return _write_yaml_list(view.records)
    _write(_yaml(dict(view.record)))


def show_csv(view: View) -> None:
    """Writes a heading, then one line a record. Nested values are JSON; control characters are escaped."""
    if isinstance(view, Listing):
        return _write_csv(*_fields_and_records(view))
    _write_csv(tuple(view.record), [view.record])


def show_names(view: View) -> None:
    """Writes the id of each record, one a line, for `xargs` and loops. Raises ConfigurationError if a record
    has none."""
    if isinstance(view, Listing):
        for record in view.records:
            _write_id(record.get(view.key))
        return
    _write_id(view.about if isinstance(view, Detail) and view.about else view.record.get(view.key))


def show_selected(view: View | Plain, selection: Selection) -> None:
    """Writes what is selected; whatever could drive a terminal is escaped."""
    for text in selected(view, selection):
        _write(f"{text if _is_harmless(text) else _escaped(text)}\n")


def _write_id(value: object) -> None:
    if not value:
        raise ConfigurationError("The result has no id.", "Use another format than name.")
    _write(f"{one_line(str(value), _LONGEST)}\n")


def _write_json_list(records: Iterable[Record]) -> None:
    before = "[\n"
    for record in records:
        _write(before + indent(_json(record), "  "))
        before = ",\n"
    _write("\n]\n" if before == ",\n" else "[]\n")


def _write_yaml_list(records: Iterable[Record]) -> None:
    is_empty = True
    for record in records:
        _write(_yaml([dict(record)]))
        is_empty = False
    if is_empty:
        _write("[]\n")


def _yaml(value: Any) -> str:
    import yaml  # only if YAML is asked for

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # not every build has libyaml's
    text = str(yaml.dump(value, Dumper=dumper, sort_keys=False, width=10_000, allow_unicode=_takes_unicode()))
    if _is_harmless(text):
        return text
    return str(yaml.dump(value, Dumper=dumper, sort_keys=False, width=10_000))


def _json(value: Any) -> str:
    """JSON with letters of all scripts as they are; whatever could drive a terminal is escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=not _takes_unicode())
    if _is_harmless(text):
        return text
    return _escaped(text)


def _escaped(text: str) -> str:
    return "".join(c if _is_harmless(c) else json.dumps(c)[1:-1] for c in text)


def _takes_unicode() -> bool:
    return (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"


def _is_harmless(text: str) -> bool:
    return text.replace("\n", "").isprintable()


def _fields_and_records(view: Listing) -> tuple[Sequence[str], Iterator[Record]]:
    """The view's fields, or those of the first record if the view names none."""
    records = iter(view.records)
    if view.fields:
        return view.fields, records
    first = next(records, None)
    return (tuple(first), chain([first], records)) if first else ((), records)


def _write_csv(fields: Sequence[str], records: Iterable[Record]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if fields:
        writer.writerow(fields)
    for record in records:
        writer.writerow([_csv_cell(record.get(name)) for name in fields])


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return json.dumps(value)
    shown = one_line(value, len(value) * 10)
    return f"'{shown}" if _begins_a_formula(shown) else shown


def _begins_a_formula(text: str) -> bool:
    """Compares in NFKC: some spreadsheets read full-width and small forms as the plain signs."""
    return normalize("NFKC", text.lstrip()[:1]).startswith(_FORMULA_STARTS)


def _write(text: str) -> None:
    sys.stdout.write(text)
