"""Profiles of short-lived certificates without revocation status, over HTTP."""

from typing import Any

from certctl.domain.access.permissions import Role
from tests.support.issuing.issuing import Issuing

PROFILES = "/api/v1/profiles"
WEEK = 604_800
BODY: dict[str, Any] = {"name": "short", "extended_key_usages": ["serverAuth"], "max_ttl_seconds": WEEK}


def test_a_profile_has_it_on_request_and_a_longer_one_is_refused(world: Issuing) -> None:
    catalog = world.stack.client("catalog_api", world.stack.new_key(Role.ADMIN))

    refused = catalog.post(PROFILES, BODY | {"no_rev_avail": True, "max_ttl_seconds": WEEK + 1})
    made = catalog.post(PROFILES, BODY | {"no_rev_avail": True}).body
    one = f"{PROFILES}/{made['id']}"
    longer = catalog.put(one, BODY | {"no_rev_avail": True, "max_ttl_seconds": 2 * WEEK})
    changed = catalog.put(one, BODY | {"max_ttl_seconds": 2 * WEEK}).body

    assert (refused.status, longer.status) == (422, 422)
    assert refused.body["errors"] == longer.body["errors"]
    assert refused.body["errors"] == [
        {"field": "no_rev_avail", "message": "needs a max_ttl_seconds of 604800 (7 days) at most"}
    ]
    assert (made["no_rev_avail"], changed["no_rev_avail"]) == (True, False)
    assert catalog.get(one).body == changed
