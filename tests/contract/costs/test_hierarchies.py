"""What a second hierarchy costs a month while nothing happens, against what docs/costs.md says."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from certctl.domain.authorities.authorities import NewAuthority, NewRoot
from certctl_client.costs import prices
from certctl_client.costs.work import FURTHER_CA
from tests.support.clock import Clock
from tests.support.costs import costs
from tests.support.costs.idle_stack import Run, idle_runs
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import Issuing, issuing
from tests.support.template import ROOT

_KEYS = 2
_SENTENCE = r"a second hierarchy, with a root and one CA: \$([\d.]+): its two keys, and \$([\d.]+) for"


@pytest.fixture
def world() -> Iterator[Issuing]:
    """A Wednesday at two in the morning: the second measurement is before noon as well, so that no hours are
    skipped, for which it would alert; and no weekly digest is due."""
    clock = Clock()
    clock.advance_to_digests()
    clock.advance(timedelta(hours=42))
    with deployed(clock) as stack, issuing(stack) as world:
        yield world


def _make_hierarchy(world: Issuing) -> None:
    pki = world.pki
    root = pki.roots().create(NewRoot(pki.new_key("arn:root-2"), "CN=Second Root"))
    below = NewAuthority("iss-office", pki.new_key(), "CN=Office CA 1", root_id=root.ca_id)
    pki.local_issuers().create(below)


def _a_month(runs: dict[str, list[Run]]) -> float:
    return sum(costs.schedule_price(folder, each) for folder, each in runs.items())


def test_the_page_says_what_a_second_hierarchy_adds(world: Issuing) -> None:
    before = _a_month(idle_runs(world))
    _make_hierarchy(world)
    requests = _a_month(idle_runs(world)) - before + costs.looks()
    found = re.search(_SENTENCE, " ".join((ROOT / "docs/costs.md").read_text(encoding="utf-8").split()))
    assert found
    said = [float(each) for each in found.groups()]
    assert said == pytest.approx([_KEYS * prices.KMS_KEY_MONTH + requests, requests], abs=0.02)


def test_a_further_ca_costs_what_the_model_says(world: Issuing) -> None:
    pki, before = world.pki, _a_month(idle_runs(world))
    pki.local_issuers().create(NewAuthority("iss-more", pki.new_key(), "CN=Further CA 1"))
    requests = _a_month(idle_runs(world)) - before
    assert prices.KMS_KEY_MONTH + requests == pytest.approx(FURTHER_CA, abs=0.02)
