"""`certctl inventory summary` and `readiness` against the stack's own functions."""

import csv
import io
import json
from pathlib import Path

from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.client.import_files import certificate, pem


def test_before_the_first_count_the_report_says_so(certctl: Certctl) -> None:
    ran = certctl("inventory", "readiness")
    assert (ran.code, "Nothing has been counted yet" in ran.out) == (ExitCode.OK, True)
    assert json.loads(certctl("inventory", "summary", "-o", "json").out)["computed_at"] is None


def test_the_rows_of_the_report_are_a_csv_without_formulas(certctl: Certctl) -> None:
    rows = list(csv.DictReader(io.StringIO(certctl("inventory", "readiness", "-o", "csv").out)))
    assert [*rows[0]] == ["trait", "certificates", "managed", "program", "nobody", "acts"]
    assert len(rows) == 14
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_what_a_number_counts_is_listed(certctl: Certctl, tmp_path: Path) -> None:
    (tmp_path / "wild.pem").write_bytes(pem(certificate("*.counted.example")))
    certctl("inventory", "import", tmp_path, "--name", "counted")
    arguments = ("--trait", "wildcard", "--renewer", "nobody", "--search", "counted.example", "-o", "json")
    (found,) = json.loads(certctl("inventory", "list", *arguments).out)
    assert found["has_wildcard"]
