"""What an assistant may not request, and what it is told."""

from tests.support.catalog.entries import a_profile, store_entry
from tests.support.client.mcp_sessions import Session
from tests.support.client.stack import BridgedStack


def test_a_profile_of_another_team_is_refused(mcp: Session, stack: BridgedStack) -> None:
    database, now = stack.issuing.stack.database, stack.issuing.stack.clock()
    store_entry(database, a_profile("theirs", now, teams=("t-theirs",)))
    asked = {"common_name": "www.example.com", "team_id": "t-default", "profile_id": "theirs"}

    assert "the profile theirs is not for the team t-default" in mcp.failure("create_certificate", **asked)
