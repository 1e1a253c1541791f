"""Orders as jobs store them: what issuers say of them, and what earlier releases stored."""

import json
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.issuing.external import OWN_KEY, Pending
from certctl.domain.issuing.orders import NO_ORDER, OrderState, order_after, order_of, stored_order
from tests.support.golden import golden

FINALIZING = '{"order": "https://ca/1", "finalizing": true}'
PROVING = '{"order": "https://ca/1", "records": [{"name": "_acme-challenge.a"}], "changes": ["C1"]}'


@pytest.mark.parametrize(
    ("stored", "may_be_signed", "needs_cleanup"),
    [
        (None, False, False),
        (NO_ORDER, False, False),
        ('{"order": "https://ca/1"}', False, False),
        (FINALIZING, True, False),
        (PROVING, False, True),
        ('{"order": "https://ca/1", "records": []}', False, False),
        ('{"alerted": true}', False, False),
    ],
)
def test_an_order_that_an_earlier_release_stored_is_read_as_that_release_read_it(
    stored: str | None, may_be_signed: bool, needs_cleanup: bool
) -> None:
    order = order_of(stored)

    assert (order.may_be_signed, order.needs_cleanup) == (may_be_signed, needs_cleanup)
    assert order.must_be_settled is (may_be_signed or needs_cleanup)
    assert order.progress == json.loads(stored or "{}")
    assert (order.is_alerted, order.reported) == (False, 0)


@pytest.mark.parametrize("may_be_signed", [True, False])
@pytest.mark.parametrize("needs_cleanup", [True, False])
def test_what_an_issuer_says_is_stored_beside_its_own_keys(may_be_signed: bool, needs_cleanup: bool) -> None:
    pending = Pending({"ticket": "7"}, timedelta(), may_be_signed=may_be_signed, needs_cleanup=needs_cleanup)

    stored = stored_order(order_after(pending, attempt=4))

    assert json.loads(stored)["ticket"] == "7"
    assert order_of(stored) == OrderState({"ticket": "7"}, may_be_signed, needs_cleanup, reported=4)


def test_an_order_is_settled_that_a_worker_of_the_earlier_release_moved_on_during_a_deployment() -> None:
    """Such a worker passes on the key of this release as it found it."""
    before = Pending({"order": "https://ca/1"}, timedelta(), may_be_signed=False, needs_cleanup=False)
    passed_on = json.loads(stored_order(order_after(before, attempt=1))) | {"finalizing": True}

    assert order_of(json.dumps(passed_on)).must_be_settled


@pytest.mark.parametrize("progress", [{}, {OWN_KEY: 1}])
def test_progress_that_is_empty_or_has_the_worker_s_own_key_is_refused(progress: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="progress is not empty"):
        Pending(progress, timedelta(), may_be_signed=False, needs_cleanup=False)


def test_the_rows_that_are_stored_are_read_as_orders_that_may_be_signed() -> None:
    """Reads the rows as earlier releases stored them, and as this one does."""
    rows = [row for row in golden("rows_stored")["jobs: row"] if "issuer_progress" in row]
    orders = [order_of(row["issuer_progress"]["S"]) for row in rows]

    assert [(order.may_be_signed, order.reported) for order in orders] == [(True, 0), (True, 3)]
    assert {json.dumps(order.progress) for order in orders} == {FINALIZING}
