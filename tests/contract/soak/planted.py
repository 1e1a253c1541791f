"""The fault that each invariant exists for, planted in a good world."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.contract.soak.planting import (
    When,
    added,
    changed,
    copied,
    delivered,
    found,
    gone,
    noted,
    with_object,
    without_object,
)
from tests.soak.world.world import Row, World

type Plant = Callable[[World], World]


def _certificate(row: Row) -> bool:
    return bool(row["record"] == "certificate" and row["lifecycle"] == "Active")


def _version(row: Row) -> bool:
    return bool(row["record"].startswith("version#") and row["state"] == "issued")


def _pem(row: Row) -> bool:
    return bool(row["record"].startswith("pem#"))


def _completed(row: Row) -> bool:
    return bool(row["type"] == "Issuance" and row["status"] == "Completed")


def _of_kind(kind: str) -> Callable[[Row], bool]:
    return lambda row: bool(row["kind"].partition("#")[0] == kind)


def _is(**values: Any) -> Callable[[Row], bool]:
    return lambda row: all(row.get(name) == value for name, value in values.items())


def _first(world: World, kind: str) -> Row:
    """The first entry of the journal."""
    return next(world.noted(kind))


def _last(world: World, kind: str) -> Row:
    return list(world.noted(kind))[-1]


def _any(_: Row) -> bool:
    return True


def _delivered_alert(row: Row) -> bool:
    return bool(row["channel_id"] == "webhook-default" and row.get("outcome") == "delivered")


def _shard(world: World) -> Row:
    """A CRL with entries."""
    return found(world, "state", lambda row: bool(_of_kind("crl")(row) and row.get("entries")))


def _crl_key(world: World) -> str:
    return "pki/" + str(_shard(world)["url"]).partition("/pki/")[2]


def _flipped(world: World, key: str) -> World:
    body = bytearray(world.objects["pki"][key])
    body[-3] ^= 1
    return with_object(world, "pki", key, bytes(body))


def _flipped_answer(world: World) -> World:
    """One byte of the signature: responders' certificates follow it, so that the last byte is another's."""
    from cryptography.x509 import ocsp

    key, der = next(iter(world.ocsp.items()))
    signature = ocsp.load_der_ocsp_response(der).signature
    broken = signature[:-1] + bytes([signature[-1] ^ 1])
    return replace(world, ocsp={**world.ocsp, key: der.replace(signature, broken)})


def _second_job(world: World) -> World:
    return copied(world, "jobs", _completed, job_id="job-second", status="Running", open_status="Running")


def _edited_body(world: World, kind: str, **values: Any) -> World:
    row = found(world, "state", _of_kind(kind))
    body = json.dumps(json.loads(row["body"]) | values)
    return changed(world, "state", _is(kind=row["kind"], id=row["id"]), body=body)


def _one_off(world: World, kind: str, name: str) -> World:
    """A counter that has one too many."""
    row = found(world, "state", lambda row: bool(_of_kind(kind)(row) and name in row))
    return changed(world, "state", _is(kind=row["kind"], id=row["id"]), **{name: row[name] + 1})


def _without_seal(world: World) -> World:
    seals = sorted(key for key in world.objects["audit"] if key.startswith("seals/"))
    return without_object(world, "audit", seals[len(seals) // 2])


def _events_of(action: str) -> When:
    return lambda row: bool(json.loads(row["event"])["action"] == action)


def _told_twice(world: World, action: str) -> World:
    return copied(world, "audit", _events_of(action), event_id="aud-second")


def _late_world(world: World) -> World:
    """An event of an hour ago that no seal lists."""
    event = json.loads(found(world, "audit", _any)["event"])
    event["timestamp"] = f"{world.now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    return copied(world, "audit", _any, event_id="aud-unsealed", event=json.dumps(event))


def _name_row(row: Row) -> bool:
    return "certificate_id" in row


def _entry(kind: str) -> When:
    return lambda row: bool(row["zone"].startswith("search#") and row["name_key"].startswith(f"{kind}#"))


def _entry_of_name(world: World) -> When:
    record = found(world, "certificates", _certificate)
    return lambda row: bool(row["name_key"] == f"t#{record['common_name']}#{record['certificate_id']}")


PLANTS: Mapping[str, Plant] = {
    # accepted
    "nothing_failed_inside": lambda w: noted(w, "fault", method="GET", path="/api/v1/jobs", body="{}"),
    "requested_certificates_exist": lambda w: gone(w, "jobs", _is(job_id=_first(w, "issue")["job"])),
    "no_request_was_done_twice": lambda w: copied(
        w, "certificates", _certificate, certificate_id="mc-second"
    ),
    "issued_unless_it_failed": lambda w: changed(w, "jobs", _completed, serial_number="00"),
    "renewals_were_done": lambda w: gone(w, "jobs", _is(job_id=_first(w, "renew")["job"])),
    "revocations_were_done": lambda w: gone(w, "revocations", _is(certificate_id=_first(w, "revoke")["id"])),
    "bulk_revocations_have_ended": lambda w: noted(w, "bulk", ids=[], job="job-lost", reason="superseded"),
    "unheld_certificates_are_in_force": lambda w: changed(
        noted(w, "unhold", id=found(w, "certificates", _certificate)["certificate_id"]),
        "certificates",
        _certificate,
        lifecycle="OnHold",
    ),
    "edits_are_there": lambda w: noted(
        w, "edit", id=found(w, "certificates", _certificate)["certificate_id"], tier="lost"
    ),
    "archived_certificates_are_archived": lambda w: noted(
        w, "archive", id=found(w, "certificates", _certificate)["certificate_id"]
    ),
    "deployments_are_recorded": lambda w: changed(
        w, "jobs", _is(job_id=_first(w, "deployed")["job"]), status="Failed"
    ),
    "acme_certificates_are_there": lambda w: noted(w, "acme", name="lost.example.com", serial="abc"),
    "acme_revocations_were_done": lambda w: noted(
        noted(w, "acme", name="lost.example.com", serial="abc"), "acme_revoke", name="lost.example.com"
    ),
    "campaigns_have_ended": lambda w: _edited_body(w, "campaign", state="running"),
    "keys_end_when_they_are_revoked": lambda w: noted(
        added(w, "credentials", {"key_hash": "00", "key_id": "key-1"}), "revoked_api_key", id="key-1"
    ),
    "records_are_as_accepted": lambda w: noted(w, "record", kind_of="team", id="t-lost", deleted=False),
    "endpoints_are_as_accepted": lambda w: noted(w, "endpoint", id="ep-lost", removed=False),
    # issued
    "no_serial_twice": lambda w: copied(w, "certificates", _version, certificate_id="mc-second"),
    "serials_and_versions_agree": lambda w: changed(
        w, "serials", lambda row: bool(row["job_id"].startswith("job-")), state="abandoned"
    ),
    "no_reservation_is_left": lambda w: changed(w, "certificates", _version, state="reserved"),
    "issued_versions_have_their_certificate": lambda w: gone(w, "certificates", _pem),
    "leaves_verify": lambda w: changed(
        w, "certificates", _version, ca_id=found(w, "state", _is(kind="ca", role="root"))["id"]
    ),
    "records_name_their_newest_version": lambda w: changed(
        w, "certificates", _certificate, serial_number="00"
    ),
    "statuses_follow_from_versions": lambda w: changed(w, "certificates", _certificate, lifecycle="Pending"),
    "open_jobs_and_certificates_agree": lambda w: changed(
        w, "certificates", _certificate, open_job_id=_first(w, "issue")["job"]
    ),
    # alerts
    "alerts_have_ended": lambda w: changed(w, "notifications", _any, status="pending"),
    "sent_alerts_were_delivered": lambda w: replace(w, deliveries=[]),
    "unsent_alerts_have_a_reason": lambda w: changed(w, "notifications", _any, outcome=None),
    "deliveries_have_a_row": lambda w: delivered(w, "notif-lost"),
    "repeated_deliveries_are_accounted_for": lambda w: delivered(
        w, found(w, "notifications", _delivered_alert)["notification_id"], 2
    ),
    "dead_alerts_are_in_the_queue": lambda w: changed(
        w, "notifications", _any, status="dead", last_error="no"
    ),
    "revocations_were_told": lambda w: noted(w, "revoke", id="mc-untold", reason="superseded"),
    # work
    "jobs_have_ended": _second_job,
    "ended_jobs_are_let_go": lambda w: changed(w, "jobs", _completed, lease_owner="a worker"),
    "jobs_have_their_certificate": lambda w: changed(w, "jobs", _completed, certificate_id="mc-lost"),
    "locks_are_free": lambda w: added(
        w, "state", {"kind": "lock", "id": "seals", "amount": int((w.taken_at + 86_400) * 1000)}
    ),
    "queues_are_empty": lambda w: replace(w, queues={**w.queues, "jobs": 1}),
    "failed_nudges_are_harmless": lambda w: replace(
        _second_job(w), messages={**w.messages, "failed_nudges": ['{"id": "job-second", "epoch": 1}']}
    ),
    "repeats_have_one_answer": lambda w: noted(w, "key", path="/api/v1/teams", key="lost", attempts=2),
    "follow_ups_are_done": lambda w: added(
        w, "state", {"kind": "search_entries", "id": "mc-1", "amount": int((w.taken_at - 600) * 1000)}
    ),
    "deletions_are_done": lambda w: changed(
        w, "catalog", _is(kind="team"), deleting_since="2026-12-01T12:00:00Z"
    ),
    # figures
    "totals_equal_their_certificates": lambda w: _one_off(w, "counters", "live"),
    "days_equal_their_certificates": lambda w: _one_off(w, "days", "expires"),
    "totals_equal_their_jobs": lambda w: _one_off(w, "counters", "jobs_completed"),
    "days_equal_their_jobs": lambda w: _one_off(w, "days", "issued"),
    "the_dead_are_counted": lambda w: added(
        w, "state", {"kind": "dead_notifications", "id": "2027-01-01#00", "dead": 1}
    ),
    "the_summary_says_the_rows": lambda w: gone(w, "certificates", _certificate),
    "campaigns_count_their_items": lambda w: _edited_body(w, "campaign", counts={"found": 99}),
    # status
    "crls_are_there": lambda w: without_object(w, "pki", _crl_key(w)),
    "crls_verify": lambda w: _flipped(w, _crl_key(w)),
    "crls_list_what_is_revoked": lambda w: gone(w, "revocations", _any),
    "ocsp_answers_verify": _flipped_answer,
    "ocsp_answers_say_the_rows": lambda w: gone(w, "revocations", _any),
    "revocations_are_of_versions": lambda w: changed(w, "revocations", _any, certificate_id="mc-lost"),
    "receipts_are_complete": lambda w: changed(w, "revocations", _any, crl_seen_at=None),
    "receipts_are_true": lambda w: changed(
        w, "revocations", lambda row: "crl_number" in row, crl_number=9_999
    ),
    # trail
    "seals_verify": _without_seal,
    "events_are_sealed": _late_world,
    "issued_versions_have_one_event": lambda w: _told_twice(w, "certificate_issued"),
    "created_certificates_have_one_event": lambda w: gone(w, "audit", _events_of("certificate_created")),
    "revoked_certificates_have_their_event": lambda w: gone(w, "audit", _events_of("certificate_revoked")),
    "counters_were_never_corrected": lambda w: changed(
        w,
        "audit",
        _any,
        event='{"action": "counters_corrected", "resource_id": "shard-00", "details": {"total": 1}}',
    ),
    # entries
    "certificates_are_found_by_name": lambda w: gone(w, "names", _name_row),
    "certificates_are_found_by_text": lambda w: gone(w, "names", _entry_of_name(w)),
    "search_entries_have_their_certificate": lambda w: added(
        w, "names", {"zone": "search#t#lo#0", "name_key": "t#lost.example.com#mc-lost"}
    ),
    "versions_are_found_by_serial": lambda w: gone(w, "names", _entry("s")),
    "references_have_both_ends": lambda w: added(
        w, "catalog", {"kind": "ref#team#t-default", "id": "certificate#mc-lost"}
    ),
    "certificates_refer_to_what_exists": lambda w: changed(
        w, "certificates", _certificate, owner_id="o-lost"
    ),
    "names_of_records_are_theirs": lambda w: added(
        w, "catalog", {"kind": "name#team", "id": "lost", "entry_id": "t-lost"}
    ),
    "sessions_are_listed": lambda w: added(w, "credentials", {"key_hash": "00", "key_id": "ses-lost"}),
    "keys_and_credentials_agree": lambda w: added(w, "credentials", {"key_hash": "00", "key_id": "key-lost"}),
    "orders_have_their_account": lambda w: gone(w, "catalog", _is(kind="acme-account")),
    "authorizations_have_their_order": lambda w: added(
        w, "state", {"kind": "acme_authz#ord-lost", "id": "1"}
    ),
    "accounts_take_their_places": lambda w: changed(w, "state", _of_kind("acme_places"), amount=7),
    "agents_are_counted": lambda w: changed(w, "catalog", _is(kind="agent_count"), total=99),
}
