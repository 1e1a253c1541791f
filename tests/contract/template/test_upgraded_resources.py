"""CloudFormation updates a stack of the last release: it replaces nothing, and moves nothing elsewhere."""

from tests.support.aws.transformed import transformed
from tests.support.releases.resources import permanent, released_resources


def test_every_resource_of_the_release_stays_under_its_logical_id_with_its_type() -> None:
    today = permanent(transformed())
    released = released_resources()
    assert len(released) > 100
    assert {name: each["Type"] for name, each in released.items()} == {
        name: today.get(name, {}).get("Type") for name in released
    }


def test_no_resource_of_the_release_is_replaced() -> None:
    today = permanent(transformed())
    changed = {name for name, each in released_resources().items() if today[name] != each}
    assert changed == set()


def test_the_keys_of_the_release_keep_their_types_where_its_stack_says_nothing_of_them() -> None:
    released = released_resources()
    assert {name: released[name]["KeySpec"] for name in ("RootKey", "IssuingKey")} == {
        "RootKey": "ECC_NIST_P384",
        "IssuingKey": "ECC_NIST_P256",
    }
