"""The tables of docs/scale.md against their model, and the model against the functions."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.support.clock import Clock
from tests.support.costs import work
from tests.support.costs.write_units import Meter, metered
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing
from tests.support.scale import million
from tests.support.scale.quotas import AS_OF, QUOTAS, Work
from tests.support.template import ROOT

_PAGE = (ROOT / "docs/scale.md").read_text(encoding="utf-8")
_COUNTERS = ("state", "counters")
_RENEWED = 11
"""The certificates of `work.due`, and the first one."""
_ENOUGH = 6
"""Partitions that are chosen at random, such as those of shards, differ in one of so many issuances."""
type _Act = Callable[[], object]


@pytest.fixture
def world() -> Iterator[Issuing]:
    with deployed(Clock()) as stack, issuing(stack) as world:
        world.issued("first.example.com")  # the first of a day makes more
        yield world


def _metered(world: Issuing, act: _Act) -> Meter:
    with metered(world.stack.database.client) as meter:
        act()
    return meter


def _issued(world: Issuing) -> Meter:
    def issue() -> None:
        world.created("one.example.com")
        world.work()

    return _metered(world, issue)


def _renewed(world: Issuing) -> Meter:
    with pytest.MonkeyPatch.context() as patch:
        schedule = work.due(world, patch)

        def renew() -> None:
            schedule()
            world.work()

        return _metered(world, renew)


def _revoked(world: Issuing) -> Meter:
    path = f"{CERTIFICATES}/{world.issued('one.example.com')['id']}/revoke"
    return _metered(world, lambda: world.api.post(path, {"reason": "superseded"}))


@pytest.mark.parametrize(
    ("act", "stated", "pieces"),
    [
        (_issued, million.ISSUED, 1),
        (_renewed, million.RENEWED, _RENEWED),
        (_revoked, million.REVOKED, 1),
    ],
    ids=["issued", "renewed", "revoked"],
)
def test_what_all_work_shares_is_counted_as_the_model_says(
    world: Issuing, act: Callable[[Issuing], Meter], stated: Work, pieces: int
) -> None:
    found = act(world)
    assert found.by_partition[_COUNTERS] / pieces == stated.shared_units
    assert max(found.by_table.values()) / pieces == pytest.approx(stated.table_units, rel=0.1), found.by_table


def test_no_other_partition_is_written_more_often_than_that_of_the_counters(world: Issuing) -> None:
    """A certificate's own partition is left out: it is written at its own rate."""
    found = [_issued(world).by_partition for _ in range(_ENOUGH)]
    places = set(found[0]).intersection(*found)
    shared = Counter({place: min(each[place] for each in found) for place in places})
    assert shared.most_common(1)[0][1] <= shared[_COUNTERS]


@pytest.mark.parametrize(("name", "table"), million.TABLES.items())
def test_the_page_has_what_the_model_computes(name: str, table: Callable[[], str]) -> None:
    written = _PAGE.split(f"<!-- {name} -->\n")[1].split(f"<!-- end of {name} -->")[0]
    assert written == table()


def test_the_page_says_when_the_quotas_were_read() -> None:
    assert AS_OF in _PAGE


def test_no_quota_binds_the_schedule_of_a_million() -> None:
    """Spread over its days, with its alerts and agents."""
    for part in million.parts()[: million.OF_THE_SCHEDULE]:
        for quota in QUOTAS:
            rate = quota.rate(part.work)
            assert rate is None or part.rate < rate / 4, (part.name, quota.name)
