"""Rows that stand for others: names, search entries, references, sessions, orders. None is missing, none is
alone."""

import json
from collections import Counter
from collections.abc import Iterator

from tests.soak.world.world import Row, World

_SEARCH, _TEXT = "search#", "t"


def _names(record: Row) -> set[str]:
    sans = (san.partition(":")[2] for san in record["sans"])
    return {record["common_name"].lower(), *(san.lower() for san in sans)}


def _key(name: str) -> str:
    """Domains by their last label first."""
    is_domain = "." in name and not name.rpartition(".")[2].isdigit()
    return ".".join(reversed(name.split("."))) if is_domain else name


def certificates_are_found_by_name(world: World) -> Iterator[str]:
    """Each name of a certificate has its row in the table of names, and the reverse. Reads the names table,
    certificate rows. Broken by a certificate that a search does not find, or a row of none."""
    rows: dict[str, set[str]] = {}
    for row in world.tables["names"]:
        if "certificate_id" in row:
            rows.setdefault(row["certificate_id"], set()).add(row["name_key"].partition("#")[0])
    yield from (
        f"a name of {owner}, which is not there" for owner in sorted(rows.keys() - world.certificates.keys())
    )
    for identifier, record in world.certificates.items():
        missing = set(map(_key, _names(record))) - rows.get(identifier, set())
        if missing:
            yield f"{identifier} is not found by {', '.join(sorted(missing))}"


def certificates_are_found_by_text(world: World) -> Iterator[str]:
    """Each certificate is found by its common name, and by its tags. Reads the names table, certificate
    rows. Broken by a search entry that was not written."""
    found: dict[str, set[str]] = {}
    for row in world.tables["names"]:
        if row["zone"].startswith(_SEARCH) and row["name_key"].startswith(f"{_TEXT}#"):
            _, text, owner = row["name_key"].split("#", 2)
            found.setdefault(owner, set()).add(text)
    for identifier, record in world.certificates.items():
        if record["common_name"].lower() not in found.get(identifier, set()):
            yield f"{identifier} is not found by {record['common_name']}"


def search_entries_have_their_certificate(world: World) -> Iterator[str]:
    """Each search entry leads to a certificate, and each serial to its version. Reads the names table,
    certificate and version rows. Broken by an entry that leads nowhere."""
    for row in world.tables["names"]:
        if not row["zone"].startswith(_SEARCH):
            continue
        kind, token, owner = row["name_key"].split("#", 2)
        if owner not in world.certificates:
            yield f"{row['name_key']} leads nowhere"
        elif kind == "s" and not any(
            token == serial.lstrip("0") for o, serial in world.versions if o == owner
        ):
            yield f"{row['name_key']} is no serial of {owner}"


def versions_are_found_by_serial(world: World) -> Iterator[str]:
    """Each issued version is found by its serial. Reads the names table, version rows. Broken by a version
    that a search does not find."""
    found = {row["name_key"] for row in world.tables["names"] if row["name_key"].startswith("s#")}
    for (owner, serial), row in world.versions.items():
        if row["state"] == "issued" and f"s#{serial.lstrip('0')}#{owner}" not in found:
            yield f"{serial} of {owner} is not found"


def references_have_both_ends(world: World) -> Iterator[str]:
    """What refers to a record of the catalog exists, and so does the record. Reads the catalog, certificate
    rows. Broken by a reference that prevents a deletion for ever, or by one to nothing."""
    records = {(row["kind"], row["id"]) for row in world.tables["catalog"]} | set(_subjects(world))
    for row in world.tables["catalog"]:
        if not row["kind"].startswith("ref#"):
            continue
        _, kind, identifier = row["kind"].split("#", 2)
        by_kind, _, by_id = row["id"].partition("#")
        if (kind, identifier) not in records:
            yield f"{row['id']} refers to {kind} {identifier}, which is not there"
        if (by_kind == "certificate" and by_id not in world.certificates) or (
            by_kind != "certificate" and (by_kind, by_id) not in records
        ):
            yield f"{kind} {identifier} is referred to by {row['id']}, which is not there"


def _subjects(world: World) -> Iterator[tuple[str, str]]:
    """Who acts with a key: the first administrator has no record in the catalog."""
    for row in world.tables["credentials"]:
        if "subject_id" in row:
            yield row["kind"], row["subject_id"]


def certificates_refer_to_what_exists(world: World) -> Iterator[str]:
    """The owner, team, issuer, profile and renewal policy of a certificate exist. Reads certificate rows, the
    catalog. Broken by a deletion that overtook a request."""
    records = {(row["kind"], row["id"]) for row in world.tables["catalog"]}
    for identifier, record in world.certificates.items():
        for kind in ("owner", "team", "issuer", "renewal-policy"):
            if (kind, record[f"{kind.replace('-', '_')}_id"]) not in records:
                yield f"{identifier} has a {kind} that is not there"


def names_of_records_are_theirs(world: World) -> Iterator[str]:
    """Each name that is taken in the catalog is that of a record. Reads the catalog. Broken by a name that
    nobody can use again."""
    records = {(row["kind"], row["id"]) for row in world.tables["catalog"]}
    for row in world.tables["catalog"]:
        if (
            row["kind"].startswith("name#")
            and (row["kind"].partition("#")[2], row["entry_id"]) not in records
        ):
            yield f"the name {row['id']!r} of {row['kind']} is taken by {row['entry_id']}, which is not there"


def sessions_are_listed(world: World) -> Iterator[str]:
    """Each session that its list has can be used, and each that can be used is listed. Reads credentials.
    Broken by a session that its owner cannot end."""
    listed, usable = set[str](), set[str]()
    for row in world.tables["credentials"]:
        if row["key_hash"].startswith("sessions#"):
            listed |= {each["key_hash"] for each in json.loads(row["sessions"])}
        elif str(row.get("key_id", "")).startswith("ses-"):
            usable.add(row["key_hash"])
    yield from (f"session {digest[:12]} is usable and not listed" for digest in sorted(usable - listed))
    yield from (f"session {digest[:12]} is listed and not usable" for digest in sorted(listed - usable))


def keys_and_credentials_agree(world: World) -> Iterator[str]:
    """Each API key in force has its credential, and each credential of a key its record. Reads the catalog,
    credentials. Broken by a key that does not work, or one that nobody can see."""
    records = world.catalog("api-key")
    alive = {identifier for identifier, row in records.items() if not row.get("revoked_at")}
    rows = world.tables["credentials"]
    works = {row["key_id"] for row in rows if str(row.get("key_id", "")).startswith("key-")}
    yield from (f"{identifier} has no credential" for identifier in sorted(alive - works))
    yield from (
        f"{identifier} has a credential and no record" for identifier in sorted(works - records.keys())
    )


def orders_have_their_account(world: World) -> Iterator[str]:
    """Each ACME order has its account, and its certificate once it is finalized. Reads the state table, the
    catalog, certificate rows. Broken by an order of nobody."""
    accounts = world.catalog("acme-account")
    for row in world.state("acme_order"):
        if row["account_id"] not in accounts:
            yield f"{row['id']} is an order of {row['account_id']}, which is not there"
        if row.get("certificate_id") and row["certificate_id"] not in world.certificates:
            yield f"{row['id']} has {row['certificate_id']}, which is not there"


def authorizations_have_their_order(world: World) -> Iterator[str]:
    """Each ACME authorization belongs to an order. Reads the state table. Broken by one that is left."""
    orders = {row["id"] for row in world.state("acme_order")}
    for row in world.state("acme_authz"):
        if row["kind"].partition("#")[2] not in orders:
            yield f"{row['kind']} has no order"


def accounts_take_their_places(world: World) -> Iterator[str]:
    """The places of an EAB key that are taken are its accounts. Reads the state table, the catalog. Broken
    by a place that a killed registration took for ever."""
    accounts = Counter(row["eab_key_id"] for row in world.catalog("acme-account").values())
    for row in world.state("acme_places"):
        if row["amount"] != accounts[row["id"]]:
            yield f"{row['id']}: {row['amount']} places, {accounts[row['id']]} accounts"


def agents_are_counted(world: World) -> Iterator[str]:
    """The number of agents is that of their records. Reads the catalog. Broken by a registration that a
    kill cut in two."""
    counted = sum(row["total"] for row in world.tables["catalog"] if row["kind"] == "agent_count")
    found = len(world.catalog("agent"))
    if counted != found:
        yield f"{counted} counted, {found} rows"
