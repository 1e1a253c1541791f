"""Certificates, their versions, their serials, and what is stored of each: one truth in four rows."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.soak.world.world import Row, World

_ISSUED, _RESERVED, _ABANDONED = "issued", "reserved", "abandoned"
_CANCELLED = "Cancelled"
_NOT_LEAVES = ("(ocsp-responder)", "(ca)")


@cache
def parsed(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


def no_serial_twice(world: World) -> Iterator[str]:
    """No serial number belongs to two versions. Reads version rows. Broken by a second version with a
    serial."""
    counted = Counter((row["ca_id"], row["serial_number"]) for row in world.versions.values())
    yield from (f"{ca}#{serial} belongs to {n} versions" for (ca, serial), n in counted.items() if n > 1)


def serials_and_versions_agree(world: World) -> Iterator[str]:
    """Each version has its row of the serial, in the same state and for the same certificate and job, and the
    reverse, unless the serial was given up before it was signed. Reads version rows, the serials table.
    Broken by a row that is gone or says something else."""
    serials = {row["ca_serial"]: row for row in world.tables["serials"] if row["job_id"] not in _NOT_LEAVES}
    versions = {f"{row['ca_id']}#{row['serial_number']}": row for row in world.versions.values()}
    unsigned = {key for key, row in serials.items() if row["state"] == _ABANDONED}
    yield from (f"serial {key} has no version" for key in sorted(serials.keys() - versions.keys() - unsigned))
    yield from (f"version {key} has no row of its serial" for key in sorted(versions.keys() - serials.keys()))
    for key in sorted(serials.keys() & versions.keys()):
        for name in ("state", "certificate_id", "job_id", "not_after"):
            if serials[key].get(name) != versions[key].get(name):
                yield f"{key}: {name} is {serials[key].get(name)} and {versions[key].get(name)}"


def no_reservation_is_left(world: World) -> Iterator[str]:
    """No version stays reserved: its attempt has issued it, or another attempt has abandoned it. Only a job
    that was cancelled after its worker had died leaves one, which revocation knows like all others. Reads
    version rows, jobs. Broken by a reservation whose job has ended."""
    for (certificate_id, serial), row in world.versions.items():
        job = world.jobs.get(row["job_id"], {})
        has_ended = "open_status" not in job and job.get("status") != _CANCELLED
        if row["state"] == _RESERVED and has_ended:
            yield f"{serial} of {certificate_id} is reserved, and its job {row['job_id']} has ended"


def issued_versions_have_their_certificate(world: World) -> Iterator[str]:
    """Each issued version has its PEM, with that serial, key, fingerprint and end. Reads version and PEM
    rows. Broken by a PEM that is gone or is another certificate's."""
    for key, row in world.versions.items():
        if row["state"] == _ISSUED:
            yield from (f"{key}: {fault}" for fault in _differences(row, world.pems.get(key)))
    for key in sorted(world.pems.keys() - world.versions.keys()):
        yield f"{key}: a PEM without a version"


def _differences(version: Row, pem: Row | None) -> Iterator[str]:
    if pem is None:
        yield "no PEM"
        return
    leaf = parsed(pem["certificate_pem"])
    spki = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    found = {
        "serial_number": f"{leaf.serial_number:040x}",
        "spki_sha256": sha256(spki).hexdigest(),
        "fingerprint_sha256": sha256(leaf.public_bytes(Encoding.DER)).hexdigest(),
        "not_after": f"{leaf.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}",
    }
    for name, value in found.items():
        if str(version[name]).rjust(len(value), "0") != value:
            yield f"{name} is {value} in the certificate, {version[name]} in the row"


def leaves_verify(world: World) -> Iterator[str]:
    """Each certificate was signed by the CA that its version names. Reads PEM rows, CA rows. Broken by
    another CA's certificate."""
    authorities = {row["id"]: parsed(row["certificate_pem"]) for row in world.state("ca")}
    for key, row in world.versions.items():
        if row["state"] == _ISSUED and key in world.pems:
            try:
                parsed(world.pems[key]["certificate_pem"]).verify_directly_issued_by(
                    authorities[row["ca_id"]]
                )
            except Exception as refusal:
                yield f"{key} does not verify with {row['ca_id']}: {refusal!r}"


def records_name_their_newest_version(world: World) -> Iterator[str]:
    """A certificate's serial number is that of an issued version, none of which is newer. Reads certificate
    and version rows. Broken by a record that lags behind its versions."""
    for identifier, record in world.certificates.items():
        issued = [
            v for (owner, _), v in world.versions.items() if owner == identifier and v["state"] == _ISSUED
        ]
        current = next((v for v in issued if v["serial_number"] == record.get("serial_number")), None)
        if issued and current is None:
            yield f"{identifier} names {record.get('serial_number')}, none of its {len(issued)} versions"
        elif current and max(v["created_at"] for v in issued) > current["created_at"]:
            yield f"{identifier} names an older version"
        elif not issued and record.get("serial_number"):
            yield f"{identifier} names a version that is not issued"


def statuses_follow_from_versions(world: World) -> Iterator[str]:
    """Pending has no issued version, Active has one that is not revoked, Revoked has none in force. Reads
    certificate, version and revocation rows. Broken by a status that a lost write left behind."""
    for identifier, record in world.certificates.items():
        issued = [
            v for (owner, _), v in world.versions.items() if owner == identifier and v["state"] == _ISSUED
        ]
        forced = [v for v in issued if (v["ca_id"], v["serial_number"]) not in world.revocations]
        lifecycle = record["lifecycle"]
        if lifecycle == "Pending" and issued:
            yield f"{identifier} is Pending with {len(issued)} versions"
        if lifecycle == "Active" and record.get("serial_number") not in {v["serial_number"] for v in forced}:
            yield f"{identifier} is Active, and its version is revoked or gone"
        if lifecycle in ("Revoked", "OnHold") and forced:
            yield f"{identifier} is {lifecycle} with {len(forced)} versions in force"


def open_jobs_and_certificates_agree(world: World) -> Iterator[str]:
    """A certificate's open job is open and is its own; an open issuance or renewal is its certificate's
    open job. Reads certificate rows, jobs. Broken by a pointer to an ended job, or a job that nobody points
    to."""
    for identifier, record in world.certificates.items():
        job = world.jobs.get(record.get("open_job_id", ""))
        if record.get("open_job_id") and (job is None or "open_status" not in job):
            yield f"{identifier} awaits {record['open_job_id']}, which has ended"
    for job_id, job in world.jobs.items():
        if "open_status" in job and job["type"] in ("Issuance", "Renewal"):
            record = world.certificates.get(job["certificate_id"], {})
            if record.get("open_job_id") != job_id:
                yield f"{job_id} is open, and {job['certificate_id']} does not await it"
