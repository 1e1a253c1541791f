"""`certctl cost`: what it prints, and what it refuses."""

import json
from dataclasses import replace

import pytest

from certctl_client.costs import estimate, prices
from certctl_client.costs.estimate import Estate
from certctl_client.main import main


def in_all(estate: Estate) -> float:
    return sum(line.dollars for line in estimate.lines(estate))


def test_the_total_is_the_sum_of_the_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--certificates", "10000", "--agents", "50", "--alerts", "900", "-o", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["dollars"] == pytest.approx(sum(line["dollars"] for line in report["lines"]), abs=0.005)
    for line in report["lines"]:
        assert line["dollars"] == pytest.approx(line["amount"] * line["each_dollars"], rel=0.01, abs=0.0001)


def test_people_see_the_total_and_the_date_of_the_prices(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--certificates", "10000"]) == 0
    shown = capsys.readouterr().out
    assert "10,000 certificates: $" in shown
    assert "November 2026" in shown


def test_twice_the_certificates_add_as_much_again() -> None:
    none, some, twice = (in_all(Estate(count)) for count in (0, 50_000, 100_000))
    assert twice - none == pytest.approx(2 * (some - none))


def test_renewals_by_acme_clients_are_not_counted_twice() -> None:
    estate = Estate(certificates=1_000)
    by_clients = replace(estate, acme_renewals=round(estate.renewals))
    lines = {line.part: line.amount for line in estimate.lines(by_clients)}
    assert lines["renewals"] + lines["renewals by ACME clients"] == pytest.approx(estate.renewals, abs=1)
    assert lines["ACME server"] == 1


@pytest.mark.parametrize(
    ("renewals", "dollars"), [(500, 375.0), (1_000, 750.0), (10_000, 3_900.0), (110_000, 4_000.0)]
)
def test_certificates_of_a_private_ca_get_cheaper_by_their_number(renewals: int, dollars: float) -> None:
    estate = Estate(certificates=0, issued=renewals)
    assert estimate.private_ca(estate) == pytest.approx(prices.PRIVATE_CA_MONTH + dollars)


@pytest.mark.parametrize(
    "options", [["--certificates", "-1"], ["--renewed-every", "0"], ["--endpoints", "501"]], ids=" ".join
)
def test_amounts_that_cannot_be_are_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", *options]) == 2
    assert options[0] in capsys.readouterr().err
