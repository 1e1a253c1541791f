"""Write units of a revocation until its commit; the delivery of its alerts is measured with the engine."""

import pytest

from certctl.domain.notifications.routing import Route, RoutingRule
from certctl.store.notifications.routing import RoutingRuleStore
from tests.support.costs.write_units import metered
from tests.support.issuing.issuing import CERTIFICATES, Issuing

REVOCATION_BOUND = 37
"""Write units of a revocation with 1 version, 2 alerts delivered and its receipt."""
DELIVERY_UNITS = 3
"""The write units of a delivery, of a notification's 8: its claim 1, its outcome 1 and the due index 1; its
row and indexes are counted before."""
RECEIPT_UNITS = 2
"""The write units of a receipt: integration/store/test_receipts counts them."""
TWO_CHANNELS = "Webhook.url=certctl/blue/channels/webhook\nSlack.url=certctl/blue/channels/slack"
_OWNER = "o-units"
_COMMIT = "transact_write_items "


def revocation_units(world: Issuing) -> dict[str, int]:
    """The write units by table, of the transaction that revokes one version, for a webhook and a Slack
    channel."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CERTCTL_CHANNELS", TWO_CHANNELS)
        world.stack.restart()
        _set_rule(world)
        path = f"{CERTIFICATES}/{world.issued(owner_id=_OWNER)['id']}/revoke"
        with metered(world.stack.database.client) as meter:
            answer = world.api.post(path, {"reason": "superseded"})
    world.stack.restart()
    assert answer.status == 200, answer.text
    return _by_table([write.removeprefix(_COMMIT) for write in meter.writes if write.startswith(_COMMIT)])


def _set_rule(world: Issuing) -> None:
    """Other tests of this world may have made channels."""
    now = world.stack.clock()
    route = Route(("webhook-default", "slack-default"))
    rule = RoutingRule(f"owner:{_OWNER}", (route,), now, now)
    world.stack.database.write(RoutingRuleStore(world.stack.database).create_step(rule))


def _by_table(writes: list[str]) -> dict[str, int]:
    units: dict[str, int] = {}
    for write in writes:
        table, _, amount = write.partition(": ")
        units[table] = units.get(table, 0) + int(amount)
    return units
