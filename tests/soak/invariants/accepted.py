"""The effects that the stack owes: one for each request that it has accepted."""

import json
from collections import Counter
from collections.abc import Iterator

from tests.soak.world.world import World

_ENDED = ("Completed", "Failed", "Cancelled")


def nothing_failed_inside(world: World) -> Iterator[str]:
    """No answer was an internal error: what dies gives no answer, and what refuses says why. Reads the
    journal. Broken by an error that nobody has foreseen."""
    for entry in world.noted("fault"):
        yield f"{entry['method']} {entry['path']}: {entry['body']}"


def requested_certificates_exist(world: World) -> Iterator[str]:
    """Each accepted request has its certificate by that name, and a job that has ended or waits for a host.
    Reads the journal, certificate rows, jobs. Broken by a lost request."""
    for entry in world.noted("issue"):
        record, job = world.certificates.get(entry["id"]), world.jobs.get(entry["job"])
        if record is None or record["common_name"] != entry["name"]:
            yield f"{entry['id']} ({entry['name']}) is not there"
        if job is None:
            yield f"{entry['job']} of {entry['id']} is not there"
        elif job["status"] not in _ENDED and not world.waits(job):
            yield f"{entry['job']} is {job['status']}"


def no_request_was_done_twice(world: World) -> Iterator[str]:
    """Repeats with one Idempotency-Key make one certificate. Reads certificate rows, whose names the load
    never uses twice. Broken by a second certificate of a name."""
    counted = Counter(record["common_name"] for record in world.certificates.values())
    yield from (f"{n} certificates are called {name}" for name, n in counted.items() if n > 1)


def issued_unless_it_failed(world: World) -> Iterator[str]:
    """A completed issuance or renewal has its version; one that ended otherwise has its reason. Reads jobs,
    version rows. Broken by a job that is done in name only."""
    for job_id, job in world.jobs.items():
        if job["type"] not in ("Issuance", "Renewal") or job["status"] not in _ENDED:
            continue
        version = world.versions.get((job["certificate_id"], job.get("serial_number", "")))
        if job["status"] == "Completed" and (version is None or version["state"] != "issued"):
            yield f"{job_id} is Completed without its version"
        if job["status"] == "Failed" and not job.get("last_error"):
            yield f"{job_id} is Failed without a reason"


def renewals_were_done(world: World) -> Iterator[str]:
    """Each accepted renewal has its job, and that has ended. Reads the journal, jobs. Broken by a lost
    job."""
    for entry in world.noted("renew"):
        job = world.jobs.get(entry["job"])
        if job is None or (job["status"] not in _ENDED and not world.waits(job)):
            yield f"{entry['job']} of {entry['id']} is {job['status'] if job else 'gone'}"


def revocations_were_done(world: World) -> Iterator[str]:
    """After an accepted revocation each issued version of the certificate is revoked. Reads the journal,
    version and revocation rows. Broken by a version that stayed in force."""
    freed = {entry["id"] for entry in world.noted("unhold")}
    revoked = {entry["id"] for entry in world.noted("revoke")}
    revoked |= {one for entry in world.noted("bulk") for one in entry["ids"]}
    for (certificate_id, serial), version in world.versions.items():
        is_owed = certificate_id in revoked - freed and version["state"] == "issued"
        if is_owed and (version["ca_id"], serial) not in world.revocations:
            yield f"{serial} of {certificate_id} is in force"


def bulk_revocations_have_ended(world: World) -> Iterator[str]:
    """Each accepted bulk revocation has completed. Reads the journal, jobs. Broken by a job that is lost."""
    for entry in world.noted("bulk"):
        job = world.jobs.get(entry["job"])
        if job is None or job["status"] != "Completed":
            yield f"{entry['job']} is {job['status'] if job else 'gone'}"


def unheld_certificates_are_in_force(world: World) -> Iterator[str]:
    """What was taken off hold is not on hold, unless it was put there again. Reads the journal, certificate
    rows. Broken by a hold that came back."""
    last: dict[str, str] = {}
    for entry in world.journal:
        if entry["kind"] in ("unhold", "revoke"):
            last[entry["id"]] = entry["kind"]
    for identifier, kind in last.items():
        if kind == "unhold" and world.certificates[identifier]["lifecycle"] == "OnHold":
            yield f"{identifier} is on hold"


def edits_are_there(world: World) -> Iterator[str]:
    """The last accepted edit of a certificate is what its record says. Reads the journal, certificate rows.
    Broken by an update that was overwritten or lost."""
    last = {entry["id"]: entry["tier"] for entry in world.noted("edit")}
    for identifier, tier in last.items():
        found = world.certificates[identifier]["tags"].get("tier")
        if found != tier:
            yield f"{identifier} has the tier {found}, not {tier}"


def archived_certificates_are_archived(world: World) -> Iterator[str]:
    """Each accepted archiving holds. Reads the journal, certificate rows. Broken by one that is back."""
    for entry in world.noted("archive"):
        if world.certificates[entry["id"]]["lifecycle"] not in ("Archived", "Revoked"):
            yield f"{entry['id']} is {world.certificates[entry['id']]['lifecycle']}"


def deployments_are_recorded(world: World) -> Iterator[str]:
    """Each deployment that an agent reported is a completed job. Reads the journal, jobs. Broken by a
    report that was answered and not stored."""
    for entry in world.noted("deployed"):
        job = world.jobs.get(entry["job"])
        if job is None or job["status"] != "Completed":
            yield f"{entry['job']} is {job['status'] if job else 'gone'}"


def acme_certificates_are_there(world: World) -> Iterator[str]:
    """Each certificate that an ACME client downloaded is a version of its record. Reads the journal,
    version rows. Broken by a certificate that nobody can revoke."""
    known = {serial.lstrip("0") for _, serial in world.versions}
    for entry in world.noted("acme"):
        if entry["serial"].lstrip("0") not in known:
            yield f"{entry['serial']} ({entry['name']}) has no version"


def acme_revocations_were_done(world: World) -> Iterator[str]:
    """What an ACME client revoked is revoked. Reads the journal, revocation rows. Broken by a lost
    revocation."""
    serials = {entry["name"]: entry["serial"].lstrip("0") for entry in world.noted("acme")}
    revoked = {serial.lstrip("0") for _, serial in world.revocations}
    for entry in world.noted("acme_revoke"):
        if serials[entry["name"]] not in revoked:
            yield f"{serials[entry['name']]} ({entry['name']}) is in force"


def campaigns_have_ended(world: World) -> Iterator[str]:
    """Each campaign that its person has finished or cancelled has ended, and so has its job. Reads the
    journal, campaign rows, jobs. Broken by a campaign that works on."""
    noted = {e["id"] for kind in ("campaign", "cancelled_campaign") for e in world.noted(kind)}
    for row in world.state("campaign"):
        campaign = json.loads(row["body"])
        job_id = row["id"].replace("cmp-", "job-")
        job = world.jobs.get(job_id, {})
        if row["id"] in noted and campaign["state"] not in ("completed", "cancelled", "failed"):
            yield f"{row['id']} is {campaign['state']}"
        elif row["id"] in noted and "open_status" in job:
            yield f"{row['id']} has ended, and its job {job_id} is {job['status']}"


def keys_end_when_they_are_revoked(world: World) -> Iterator[str]:
    """A revoked API key has no credential, a session that ended neither; other keys have theirs. Reads the
    journal, the catalog, credentials. Broken by a key that still opens the door."""
    keys = {row.get("key_id") for row in world.tables["credentials"]}
    gone = {entry["id"] for entry in world.noted("revoked_api_key")}
    yield from (f"{identifier} is revoked and still has its credential" for identifier in sorted(gone & keys))
    known = world.catalog("api-key")
    for entry in world.noted("api_key"):
        if entry["id"] not in known:
            yield f"{entry['id']} is not there"


def records_are_as_accepted(world: World) -> Iterator[str]:
    """Teams and owners exist, or are gone once their deletion was accepted. Reads the journal, the catalog.
    Broken by a record that is lost, or back."""
    for entry in world.noted("record"):
        is_there = entry["id"] in world.catalog(entry["kind_of"])
        if is_there == entry["deleted"]:
            yield f"{entry['kind_of']} {entry['id']} is {'there' if is_there else 'gone'}"


def endpoints_are_as_accepted(world: World) -> Iterator[str]:
    """Endpoints exist, with the row that has them probed, or are gone with it. Reads the journal, the
    inventory. Broken by an endpoint that nobody probes, or a probe of what was removed."""
    endpoints = {row["item_id"] for row in world.tables["inventory"] if row["record"] == "endpoint"}
    probed = {row["record"] for row in world.tables["inventory"] if row["record"].startswith("z#")}
    for entry in world.noted("endpoint"):
        found = (f"e#{entry['id']}" in endpoints, f"z#{entry['id']}" in probed)
        if found != ((False, False) if entry["removed"] else (True, True)):
            yield f"{entry['id']} (removed: {entry['removed']}) has its rows: {found}"
