from typing import Any

import pytest

from certctl.domain.audit.actions import PHRASES
from certctl.domain.audit.names import Reference, references_of
from certctl.domain.audit.sentences import actor_name, resource_name, sentence_of

ADA = Reference("user", "usr-1")
SHOP = Reference("certificate", "mc-1")
NAMES = {
    ADA: "Ada",
    SHOP: "shop.example.com",
    Reference("target", "tgt-1"): "web-1",
    Reference("user", "usr-2"): "Otto",
    Reference("team", "t-1"): "Payments",
}


def event(action: str = "certificate_revoked", of: Reference = SHOP, **others: Any) -> dict[str, Any]:
    given = {"actor": "usr-1", "actor_type": "User", "details": {}} | others
    return {"action": action, "resource_type": of.type, "resource_id": of.id, **given}


def revoked(reason: str, **details: str) -> dict[str, Any]:
    return event(details={"before": {}, "after": {"revocation_reason": reason}, **details})


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("keyCompromise", "key compromise"),
        ("caCompromise", "CA compromise"),
        ("superseded", "superseded"),
        ("cessationOfOperation", "cessation of operation"),
    ],
)
def test_a_revocation_names_who_what_and_why(reason: str, words: str) -> None:
    assert sentence_of(revoked(reason), NAMES) == f"Ada revoked shop.example.com: {words}"


def test_a_ticket_follows_the_reason() -> None:
    told = sentence_of(revoked("keyCompromise", ticket="INC-7"), NAMES)
    assert told == "Ada revoked shop.example.com: key compromise, ticket INC-7"


@pytest.mark.parametrize(
    "after",
    [
        {"reason": "keyCompromise", "ticket": "INC-7"},
        {"bulk": {"wanted": {"reason": "keyCompromise", "ticket": "INC-7"}}},
    ],
)
def test_what_revokes_many_has_its_reason_and_ticket(after: dict[str, Any]) -> None:
    asked = event("bulk_revocation_requested", details={"before": None, "after": after})
    assert sentence_of(asked, NAMES) == "Ada requested a bulk revocation: key compromise, ticket INC-7"


def test_a_hold_does_not_repeat_its_reason() -> None:
    held = event("certificate_held", details={"after": {"revocation_reason": "certificateHold"}})
    assert sentence_of(held, NAMES) == "Ada put shop.example.com on hold"


def test_a_change_names_its_fields_and_not_its_bookkeeping() -> None:
    before = {"owner_id": "o-1", "revision": 1, "content": {"email": "a", "description": ""}}
    after = {"owner_id": "o-2", "revision": 2, "content": {"email": "b", "description": ""}}
    changed = event("team_updated", Reference("team", "t-1"), details={"before": before, "after": after})
    assert sentence_of(changed, NAMES) == "Ada changed the team Payments: owner ID and email"


def test_a_failure_ends_with_its_error() -> None:
    failed = event(
        "certificate_deployment_failed",
        actor="agt-1",
        actor_type="Agent",
        details={"target_id": "tgt-1", "error": "nginx: no such file"},
    )
    told = sentence_of(failed, {**NAMES, Reference("agent", "agt-1"): "edge"})
    assert told == "edge failed to deploy shop.example.com to web-1: nginx: no such file"


def test_a_function_of_the_stack_has_a_name() -> None:
    renewed = event("certificate_renewal_requested", actor="system/renewal_schedule", actor_type="System")
    assert sentence_of(renewed, NAMES) == "The renewal schedule requested a renewal of shop.example.com"


def test_an_api_call_has_its_method_path_and_status() -> None:
    call = event("api_get", Reference("api", "/api/v1/jobs"), details={"status": 403})
    assert sentence_of(call, NAMES) == "Ada called GET /api/v1/jobs: 403"


def test_a_caller_without_a_credential_is_somebody() -> None:
    call = event("api_get", Reference("api", "/x"), actor="anonymous", details={"status": 401})
    assert sentence_of(call, NAMES) == "Somebody without a credential called GET /x: 401"


def test_a_session_of_another_person_has_that_persons_name() -> None:
    details = {"before": {"subject_id": "usr-2"}, "after": None}
    ended = event("session_ended", Reference("session", "ses-1"), details=details)
    own = {**ended, "actor": "usr-2"}
    assert sentence_of(ended, NAMES) == "Ada ended a session of Otto"
    assert sentence_of(own, NAMES) == "Otto ended a session"


def test_a_deleted_record_has_the_name_that_its_event_kept() -> None:
    deleted = event(
        "team_deleted", Reference("team", "t-9"), details={"before": {"name": "Old"}, "after": None}
    )
    assert sentence_of(deleted, NAMES) == "Ada deleted the team Old"
    assert resource_name(deleted, NAMES) == "Old"


def test_a_deleted_actor_is_called_so_and_keeps_the_id() -> None:
    gone = event(actor="usr-9")
    assert actor_name(gone, NAMES) == "a deleted user (usr-9)"
    assert sentence_of(gone, NAMES) == "A deleted user (usr-9) revoked shop.example.com"


def test_an_account_without_a_record_has_the_name_of_its_key() -> None:
    used = {"credential": {"id": "ses-1", "kind": "session", "made_by": "key-1"}}
    acted = event(actor="sa-1", actor_type="Service", details=used)
    assert actor_name(acted, {Reference("api_key", "key-1"): "first admin"}) == "first admin"


def test_a_record_without_a_name_has_its_type_and_id() -> None:
    assert sentence_of(event("ca_retired", Reference("ca", "ca-1")), NAMES) == "Ada retired the CA ca-1"
    assert sentence_of(event(), {ADA: "Ada"}) == "Ada revoked certificate mc-1"


def test_an_action_of_another_release_is_shown_as_it_is_named() -> None:
    assert sentence_of(event("certificate_blessed"), NAMES) == "Ada certificate blessed (shop.example.com)"


@pytest.mark.parametrize("action", sorted(PHRASES))
def test_every_action_makes_a_sentence_whatever_its_details(action: str) -> None:
    told = sentence_of(event(action, details={"before": None, "after": []}), NAMES)
    assert told.startswith("Ada ")
    assert "{" not in told


def test_an_event_refers_to_whom_and_what_its_sentence_names() -> None:
    details = {"target_id": "tgt-1", "credential": {"id": "ses-1", "kind": "session", "made_by": "key-1"}}
    found = set(references_of(event(details=details)))
    assert found == {ADA, SHOP, Reference("target", "tgt-1"), Reference("api_key", "key-1")}
