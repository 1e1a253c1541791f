"""The tables of docs/costs.md, against what their commands print."""

import json
import re
import shlex
from typing import Any

import pytest

from certctl_client.main import main
from tests.support.template import ROOT

_PAGE = ROOT / "docs/costs.md"
_COMMAND = re.compile(r"^certctl (cost --certificates .+)$", re.MULTILINE)
_BEGINS, _ENDS = "<!-- a month by size -->\n", "<!-- end of a month by size -->"


def _reports(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The answers of the page's commands, in order."""
    reports = []
    for command in _COMMAND.findall(_PAGE.read_text(encoding="utf-8").replace("\\\n", "")):
        assert main([*shlex.split(command), "-o", "json"]) == 0
        reports.append(json.loads(capsys.readouterr().out))
    return reports


def _table(reports: list[dict[str, Any]]) -> str:
    lists = [_dollars(report) for report in reports]
    names = dict.fromkeys(name for each in lists for name in each)
    rows = [f"| {name} | {' | '.join(each.get(name, '-') for each in lists)} |\n" for name in names]
    sizes = [f"{report['certificates']:,}" for report in reports]
    return f"| certificates | {' | '.join(sizes)} |\n| --- |{' --- |' * len(lists)}\n{''.join(rows)}"


def _dollars(report: dict[str, Any]) -> dict[str, str]:
    parts = {line["part"]: line["dollars"] for line in report["lines"]}
    total = {"**in all**": report["dollars"]}
    others = {f"*{each['what']}*": each["dollars"] for each in report["others"]}
    return {name: f"${value:,.2f}" for name, value in {**parts, **total, **others}.items()}


def test_the_table_by_size_is_what_its_commands_print(capsys: pytest.CaptureFixture[str]) -> None:
    reports = _reports(capsys)
    text = _PAGE.read_text(encoding="utf-8")
    assert len(reports) == 3
    assert text.split(_BEGINS)[1].split(_ENDS)[0] == _table(reports)
