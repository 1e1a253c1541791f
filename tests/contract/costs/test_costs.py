"""What docs/costs.md, and README where it repeats it, say of prices, against what is counted here."""

import re
from collections.abc import Iterator

import pytest

from certctl.domain.authorities.key_specs import ISSUING_KEY_SPECS, KeySpec
from certctl_client.costs import prices
from certctl_client.costs import work as stated
from tests.support.clock import Clock
from tests.support.costs import costs, work
from tests.support.costs.idle_stack import SCHEDULED, Run, idle_runs
from tests.support.costs.write_units import metered
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import Issuing, issuing
from tests.support.template import ROOT, functions

_RENEWALS_A_MONTH = 10_000 * prices.MONTH_HOURS / 24 / 47
_MOST = 9.70
_UNITS_OF_A_NAME = 3
"""The write units of a name: its row in a transaction, and its entry in the index of names."""
_SENTENCES = {
    "idle": r"Idle about \$([\d.]+) a month",
    "issued": r"1,000 certificates issued about \$([\d.]+)",
    "revoked": r"1,000 revocations with two alerts about \$([\d.]+)",
    "calls": r"a million API calls about \$([\d.]+)",
    "renewed": r"10,000 certificates renewed every 47 days about \$([\d.]+) a month",
}


type _Measured = tuple[Issuing, dict[str, list[Run]]]


@pytest.fixture(scope="module")
def stack() -> Iterator[_Measured]:
    """A stack whose idle runs are measured before any test issues: tests run in any order."""
    with deployed(Clock()) as stack, issuing(stack) as world:
        yield world, idle_runs(world)


@pytest.fixture(scope="module")
def world(stack: _Measured) -> Issuing:
    return stack[0]


@pytest.fixture(scope="module")
def idle(stack: _Measured) -> dict[str, list[Run]]:
    return stack[1]


@pytest.fixture(scope="module")
def parts(idle: dict[str, list[Run]]) -> dict[str, float]:
    """The price of an idle stack for a month, by part; a dashboard is the account's matter."""
    return {
        "KMS keys": costs.keys(),
        "alarms": costs.alarm_metrics() * prices.ALARM_METRIC_MONTH,
        "custom metrics": len(costs.custom_metrics(idle.values())) * prices.CUSTOM_METRIC_MONTH,
        "SQS long polls": costs.idle_polls() * prices.SQS_REQUEST,
        "schedules": sum(costs.schedule_price(folder, runs) for folder, runs in idle.items()),
        "looks at what is served": costs.looks(),
        "secrets": costs.secrets(),
    }


@pytest.fixture(scope="module")
def counted(world: Issuing, parts: dict[str, float]) -> dict[str, float]:
    """What the sentences say, computed."""
    idle = sum(parts.values())
    return {
        "idle": idle,
        "issued": 1000 * work.issued(world).dollars,
        "revoked": 1000 * (work.revoked(world).dollars + 2 * work.delivered().dollars),
        "calls": prices.MILLION * work.read(world).dollars,
        "renewed": idle + _RENEWALS_A_MONTH * work.renewed(world).dollars,
    }


def _said(text: str) -> dict[str, float]:
    flat = " ".join(text.replace("**", "").split())
    found = {name: re.search(pattern, flat) for name, pattern in _SENTENCES.items()}
    return {name: float(match[1].rstrip(".")) for name, match in found.items() if match}


def test_the_page_of_costs_says_what_is_counted(counted: dict[str, float]) -> None:
    said = _said((ROOT / "docs/costs.md").read_text(encoding="utf-8"))
    assert said == pytest.approx(counted, rel=0.05)


def test_readme_says_no_other_price(counted: dict[str, float]) -> None:
    said = _said((ROOT / "README.md").read_text(encoding="utf-8"))
    assert said == pytest.approx({name: counted[name] for name in said}, rel=0.05)


def test_the_page_says_what_search_entries_cost(world: Issuing) -> None:
    with metered(world.stack.database.client) as asked:
        world.created("www.example.com")
    with metered(world.stack.database.client) as signed:
        world.work()
    entries = asked.by_table["names"] - _UNITS_OF_A_NAME, signed.by_table["names"]
    assert entries == (8, 4)
    text = " ".join((ROOT / "docs/costs.md").read_text(encoding="utf-8").split())
    assert f"{sum(entries)} write units of a certificate named `www.example.com`" in text
    price = 1000 * sum(entries) * prices.WRITE_UNIT
    assert f"${price:.4f} for 1,000: 2 for each label" in text
    assert (
        f"{entries[1]} for the serial and the fingerprint of each version. A renewal writes {entries[1]}"
        in text
    )


def test_the_page_has_each_part_of_the_idle_price(
    parts: dict[str, float], idle: dict[str, list[Run]]
) -> None:
    assert parts == pytest.approx(stated.IDLE, rel=0.06, abs=0.006)
    text = (ROOT / "docs/costs.md").read_text(encoding="utf-8").split("\n## Idle\n")[1]
    rows = dict(re.findall(r"^\| (\w[\w ]*?) \|.*\| \$([\d.]+) \|$", text, re.MULTILINE))
    listed = {name: price for name, price in parts.items() if price}
    assert {name: float(price) for name, price in rows.items()} == pytest.approx(listed, rel=0.06, abs=0.006)
    assert f"{costs.alarm_metrics()} metrics that alarms read" in text
    metrics = sorted(name for name, _ in costs.custom_metrics(idle.values()))
    assert f"{len(metrics)} that are always sent ({', '.join(f'`{name}`' for name in metrics)})" in text


def test_the_page_says_how_often_status_watch_looks_at_what_is_served() -> None:
    text = " ".join((ROOT / "docs/costs.md").read_text(encoding="utf-8").split())
    looks, files = costs.looks_a_month(), costs.SERVED_FILES
    assert f"{looks:,} times a month" in text
    assert f"these are {files} files and {files * looks:,} HEAD requests a month" in text
    assert f"a CA of 128 CRLs adds {(128 + 2) * looks:,}" in text


def test_the_page_says_what_an_acme_server_adds() -> None:
    text = (ROOT / "docs/costs.md").read_text(encoding="utf-8")
    (said,) = re.findall(r"^\| `AcmeServer=true` \| \$([\d.]+)", text, re.MULTILINE)
    assert float(said) == pytest.approx(costs.acme_server(), abs=0.006)


def test_every_schedule_is_counted_at_its_rate() -> None:
    for folder in functions():
        rate = SCHEDULED.get(folder)
        a_month = prices.MONTH_SECONDS / rate.total_seconds() if rate else 0
        assert costs.runs_a_month(folder) == pytest.approx(a_month), folder


def test_an_idle_stack_costs_what_a_team_accepts_without_asking(parts: dict[str, float]) -> None:
    assert sum(parts.values()) <= _MOST


def test_the_page_says_what_certificates_cost_by_an_rsa_2048_key(counted: dict[str, float]) -> None:
    saved = 1000 * (prices.KMS_ECC_REQUEST - prices.KMS_RSA_2048_REQUEST)
    text = (ROOT / "docs/costs.md").read_text(encoding="utf-8")
    said = re.search(r"1,000 certificates \$([\d.]+) instead of \$([\d.]+);", text)
    assert said
    expected = (counted["issued"] - saved, counted["issued"])
    assert (float(said[1]), float(said[2])) == pytest.approx(expected, rel=0.05)


def test_the_page_of_key_specs_says_what_kms_takes_for_a_thousand_signatures() -> None:
    page = (ROOT / "docs/operating-cas.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|.* \| \$([\d.]+) \|$", page, re.MULTILINE)
    assert [spec for spec, _ in rows] == [str(spec) for spec in ISSUING_KEY_SPECS]
    for spec, said in rows:
        price = prices.KMS_RSA_2048_REQUEST if spec == KeySpec.RSA_2048 else prices.KMS_ECC_REQUEST
        assert float(said) == pytest.approx(1000 * price)
