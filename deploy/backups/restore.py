"""`make restore STACK= FROM=s3://bucket/prefix/stack/time [MODE=missing|replace]`, or `POINT_IN_TIME=` with
`VIA=s3://bucket/prefix`. After any interruption, run the same command again."""

import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from deploy.administering import invoke
from deploy.backups import manifest as manifests
from deploy.backups import pki_objects
from deploy.backups.administrators import administrators_in, listed
from deploy.backups.backup import NAME, backed_up, moment_of
from deploy.backups.journal import Journal
from deploy.backups.parts import Parts
from deploy.backups.pausing import STOPS, Pausing
from deploy.backups.places import Place, open_place
from deploy.backups.restoring import Into, Mode, Restoring
from deploy.backups.tables.tables import Row, Rules
from deploy.backups.unpause import report
from deploy.errors import DeployError, run
from deploy.target import Target, read_target, require_credentials

_JOURNALS = Path(".local/restores")
_RUNS = 100
_RETIRED = "retired"
_TAGS = {"root": "certctl:root-ca", "issuing": "certctl:issuing-ca"}
_WITHOUT_KEYS = (
    "No key can be copied. NEW_CA=1 restores without any CA of the backup, also without those whose keys are "
    "there: docs/backup.md#into-a-new-stack"
)
_NEWER, _KNOWN, _ALL = _KEYS = ("revoke_newer", "revoke_known", "revoke_all")


@dataclass(frozen=True)
class Wanted:
    """`keys` decides about API keys. Empty follows the audit trail if it is reliable, and with `replace` ends
    those that are newer than the backup; else it revokes all."""

    mode: Mode | None
    rules: Rules
    keys: str

    @property
    def purpose(self) -> str:
        return f"{self.mode or ''}/{self.rules}"


def wanted_by(environment: Mapping[str, str]) -> Wanted:
    """Raises DeployError."""
    mode, keys = environment.get("MODE", ""), environment.get("KEYS", "")
    if mode not in ("", *Mode):
        raise DeployError(f"MODE={mode}: missing or replace")
    if keys not in ("", *_KEYS):
        raise DeployError(f"KEYS={keys}: one of {', '.join(_KEYS)}")
    if keys == _NEWER and mode != Mode.REPLACE:
        raise DeployError(f"KEYS={keys} goes with MODE=replace: else newer keys stay")
    rules = Rules(new_ca=environment.get("NEW_CA") == "1", keeps_keys=keys == _KNOWN)
    return Wanted(Mode(mode) if mode else None, rules, keys)


def require_ca_keys(target: Target, own: Collection[str], cas: Iterable[Row]) -> None:
    """Requires for each CA that is not retired that its key is enabled and that the stack may sign with it:
    the key is one of `own`, the keys of the template, or has the tag that `stacks/ca_key.yaml` sets on keys
    of later CAs. Raises DeployError, which names each CA and what to do, before anything is written."""
    problems = [
        f"{row['id']['S']}: {problem}"
        for row in cas
        if row.get("state", {}).get("S") != _RETIRED
        and (problem := _key_problem(target, own, row["key_arn"]["S"], row.get("role", {}).get("S")))
    ]
    if problems:
        raise DeployError("\n  ".join(("without its key, a CA signs no CRL:", *problems, _WITHOUT_KEYS)))


def _key_problem(target: Target, own: Collection[str], arn: str, role: str | None) -> str | None:
    kms, tag = target.session.client("kms"), _TAGS[role or "issuing"]
    try:
        state = kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]
        if state != "Enabled":
            return f"the key {arn} is {state}: enable it, or cancel its deletion"
        if arn in own or arn.rpartition("/")[2] in own:
            return None
        tags = {each["TagKey"]: each["TagValue"] for each in kms.list_resource_tags(KeyId=arn)["Tags"]}
    except ClientError as problem:
        return f"the key {arn} cannot be seen ({problem})"
    if tags.get(tag) == target.stack:
        return None
    return (
        f"the key {arn} is not a resource of the stack and lacks the tag {tag}={target.stack}: import it "
        "if the old stack's template made it; if stacks/ca_key.yaml did, `make ca-key` sets the tag"
    )


def restored_tables(
    restoring: Restoring, journal: Journal, wanted: Wanted, was_paused: bool
) -> dict[str, int]:
    """What is found before the first write is kept for later runs too: those find a part of the backup. In a
    stack that `was_paused` by a run whose journal is lost, the origin of the audit trail is unknown."""
    mode = Mode(journal.fact("mode")) if journal.fact("mode") else restoring.require_room(wanted.mode)
    if journal.fact("mode") is None:
        journal.note_fact("has_trail", not was_paused and restoring.has_newer_trail())
        journal.note_fact("mode", mode.value)
    return restoring.run(mode)


def finished(call: Callable[[Mapping[str, Any]], Any], keys: str, backup_at: str) -> dict[str, Any]:
    """stack_admin recovers the revocations in the published CRLs and brings access in line, in as many runs
    as it takes, and records which time the tables have lost. Keys that are newer than the backup have no
    credential any more: it ends them in any case."""
    event = {"action": "restore", "keys": _ALL if keys == _ALL else _KNOWN, "backup_at": backup_at}
    totals: dict[str, Any] = {}
    for _ in range(_RUNS):
        answer = call(event)
        for name, value in answer.items():
            totals[name] = totals[name] + value if name in totals and name != "complete" else value
        if answer["complete"]:
            return totals
    raise DeployError(f"the restore of revocations did not end in {_RUNS} runs: {totals}")


def check_origin(journal: Journal, sha256: str, expected: str) -> str:
    """What is known of who wrote the backup. Raises DeployError for another than the expected one, or than an
    earlier run of this restore read."""
    if expected and expected != sha256:
        raise DeployError(
            f"the backup is DIGEST={sha256}, not {expected}: somebody else wrote it, or it is another"
        )
    if journal.fact("sha256") not in (None, sha256):
        raise DeployError(
            f"the backup is DIGEST={sha256} now, and was {journal.fact('sha256')} in the first run"
        )
    journal.note_fact("sha256", sha256)
    if expected:
        return f"DIGEST={sha256}, as expected"
    return (
        f"warning: DIGEST={sha256} was not compared with the one that `make backup` printed (DIGEST=). Who "
        "may write to the backup may have added administrators: read the list of them"
    )


def main(environment: Mapping[str, str] = os.environ) -> None:
    target = read_target(environment)
    wanted = wanted_by(environment)
    require_credentials(target)
    parts = Parts(target)
    place = open_place(_source(environment, target, parts), target.session)
    manifest, sha256 = manifests.opened(place)
    journal = _journal(environment, target, place, wanted)
    into = Into(target.session.client("dynamodb"), parts.tables, datetime.now(UTC))
    restoring = Restoring(manifest, place, into, journal, wanted.rules)
    if not wanted.rules.new_ca:
        require_ca_keys(target, parts.key_ids, restoring.rows_of_cas())
    if not journal.is_resumed:
        restoring.require_room(wanted.mode)
    print(check_origin(journal, sha256, environment.get("DIGEST", "")))
    print(listed(administrators_in(restoring.rows_of)), STOPS, sep="\n")
    pausing = Pausing(target, parts.resources)
    _write(restoring, pausing, journal, wanted)
    put = pki_objects.put_back(target.session.client("s3"), parts.pki_bucket, place, manifest.objects)
    print(f"PKI objects put back: {', '.join(put) or 'none, all are there'}")
    keys = wanted.keys or (_default(journal) if journal.fact("has_trail") else _ALL)
    done = finished(lambda event: invoke(target, parts.stack_admin, event), keys, manifest.at)
    print(json.dumps(done, indent=2))
    report(pausing.resume())
    journal.close()
    print(_after(keys))


def _write(restoring: Restoring, pausing: Pausing, journal: Journal, wanted: Wanted) -> None:
    was_paused = pausing.is_paused()
    if not pausing.pause():
        print("warning: the CRLs could not be published first; revocations of the last minute may be lost")
    for table, rows in restored_tables(restoring, journal, wanted, was_paused).items():
        print(f"{table}: {rows} rows")
    print(changed_secrets(journal.fact("eab_secrets_changed") or (), wanted.rules))


def changed_secrets(eab_keys: Sequence[str], rules: Rules) -> str:
    """The EAB keys whose secret was replaced since the backup: what holds now, and what to do."""
    if not eab_keys:
        return "EAB keys whose secret changed since the backup: none"
    now = "the later one holds" if rules.keeps_keys else "none holds: rotate the EAB key to get one"
    return "\n  ".join((f"EAB keys whose secret changed since the backup ({now}):", *eab_keys))


def _default(journal: Journal) -> str:
    return _NEWER if journal.fact("mode") == Mode.REPLACE else _KNOWN


def _source(environment: Mapping[str, str], target: Target, parts: Parts) -> str:
    source, moment = environment.get("FROM", ""), moment_of(environment.get("POINT_IN_TIME", ""))
    if bool(source) == bool(moment):
        raise DeployError("give FROM=, a backup, or POINT_IN_TIME=, with VIA=s3://bucket/prefix")
    if moment is None:
        return source
    via = environment.get("VIA", "")
    if not via.startswith("s3://"):
        raise DeployError("VIA=s3://bucket/prefix is missing: DynamoDB exports the tables of that time to it")
    name = via.rstrip("/") + f"/{target.stack}/{moment:{NAME}}"
    try:
        manifests.read(open_place(name, target.session))
    except DeployError:
        return backed_up(target, parts, via, moment, "")
    return name  # an earlier run exported it


def _journal(environment: Mapping[str, str], target: Target, place: Place, wanted: Wanted) -> Journal:
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", f"{target.region}-{target.stack}-{place}").strip("-")
    path = _JOURNALS / f"{name[-150:]}.json"
    if environment.get("FRESH") == "1":
        path.unlink(missing_ok=True)
    return Journal(path, f"{place} into {target.stack}, {wanted.purpose}")


def _after(keys: str) -> str:
    done = "The stack runs again. CRLs go on above the published numbers."
    match keys:
        case "revoke_all":
            ended = (
                "The audit trail went back as well, so every API key is revoked: it cannot say which were. "
                "`make admin ACTION=first_admin_key` makes an administrator's; agents enrol again."
            )
        case "revoke_newer":
            ended = (
                "API keys that were revoked since the backup, or made since, have ended: an agent whose key "
                "was rotated since enrols again."
            )
        case _:
            ended = "API keys that were revoked since the backup are revoked."
    return f"{done} {ended}"


if __name__ == "__main__":
    run("restore", main)
