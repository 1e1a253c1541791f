"""What is signed of leaves: an upgrade changes no byte of those whose profile says nothing new."""

from tests.support.golden import require_golden
from tests.support.issuing.constant_leaves import constant_leaves


def test_leaves_of_existing_profiles_keep_their_bytes() -> None:
    require_golden("leaves", dict(constant_leaves()))
