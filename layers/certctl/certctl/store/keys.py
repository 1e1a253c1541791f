"""Every composite key of every table, built here, in `search_keys` and in `acme/keys`, and nowhere else."""

from datetime import date, datetime

from certctl.domain.ids import shard_of, time_of
from certctl.domain.times import day_of, to_millis, to_wire

CERTIFICATE = "certificate"
VERSION_PREFIX = "version#"
AFTER_VERSIONS = "version#~"
API_KEY = "api-key"
CHANNEL = "channel"
ROUTING_RULE = "routing-rule"
MUTE = "mute"
OWNER = "owner"
TEAM = "team"
USER = "user"
TEAM_NAMES = "team_names"
TEAM_NAME_COUNT = "team_name_count"
RULES_ADDED = "rules_added"
AGENT_COUNT = "agent_count"
USER_IDENTITIES = "name#user-identity"
DELETING = "deleting"
AUTHORITY = "ca"
RETIRED_AUTHORITY = "retired_ca"
ACTIVE_AUTHORITY = "active_ca"
PENDING_AUTHORITY = "pending_ca"
AUTHORITY_KEY = "ca_key"
AUTHORITY_REQUEST = "ca_request"
REVOCATION_ENDS = "revocation_ends"
OCSP_RESPONDER = "ocsp_responder"
OCSP_ISSUER = "ocsp_issuer"
OCSP_RECOVERY = "ocsp_recovery"
RESTORE_WINDOW = "restore_window"
STATUS_WATCH = "status_watch"
COUNTERS = "counters"
DEAD_COUNTERS = "dead_notifications"
RECOUNT, ROLLUPS = "recount", "rollups"
IDEMPOTENCY = "idempotency"
ACME_ACCOUNT = "acme_account"
ACME_ANSWER = "acme_answer"
ISSUER_CONTACT = "issuer_contact"
COMPROMISED_KEY = "compromised_key"
HELD_KEY = "held_key"
HELD_BY = "held_by"
KEYS_TO_REFUSE = "keys_to_refuse"
FIRST_ADMIN = "first_admin"
ADMIN_SIGN_IN = "admin_sign_in"
LEAKED_KEYS = "leaked_keys"
CHANNEL_STATE = "channel_state"
CHANNEL_TESTS = "channel_tests"
SECRET_BINDING = "secret_binding"  # noqa: S105  # the kind of a row
MUTES_MADE = "mutes_made"
DEPLOYMENT = "deployment"
PUBLIC_URL = "public_url"
LOCK = "lock"
AGENT_STATE = "agent"
AGENT_CONSENT = "agent_consent"
CRL_REPORT = "crl_report"
BOOTSTRAP_TOKEN = "bootstrap_token"  # noqa: S105  # the kind of a row
BOOTSTRAP_TOKEN_LIST = "bootstrap_token_list"  # noqa: S105  # the kind of a row
AUDIT_TRAIL = "audit_trail"
AUDIT_SAMPLES = "audit_samples"
AUDIT_SEALS = "audit_seals"
AUDIT_LATE_EVENTS = "audit_late_events"
NOTIFICATION_SENDS = "notification_sends"
FLOOD = "flood"
RENEWAL_REPLAN = "renewal_replan"
RENEWAL_RUN = "renewal_run"
OPEN_INCIDENTS = "open_incidents"
CURRENT_VIOLATION = "current_violation"
SEARCH_ENTRIES = "search_entries"
SEARCH_BACKFILL = "search_backfill"
POLICY_STATE = "policy_state"
POLICY_REVIEW = "policy_review"
RULE_WITHDRAWALS = "rule_withdrawals"
JWKS = "jwks"
JTI = "jti"
LOGIN_CODE = "login_code"
EXCHANGES = "exchanges"
BREAK_GLASS = "break_glass"
BREAK_GLASS_NEWS = "break_glass_news"
NAMES_EDIT = "names_edit"
NAMES_EXEMPTION = "names_exemption"
ISSUES = "issues"
MARGIN_ALERT = "margin_alert"
CAMPAIGN = "campaign"
WORKING_CAMPAIGNS = "campaigns_working"
CAMPAIGN_OF_KEY = "campaign_of_key"
SOURCE = "source"
SCOPE = "scope"
ENDPOINT = "endpoint"
ENDPOINT_CHANGE = "change#"
INCIDENT = "incident#"
PROBED = "z#"
DER = "der"
IMPORT = "import"
PACE = "pace"
CENSUS = "r#census"
CENSUS_PROGRESS = "progress"
CENSUS_WISH = "wanted"
CA_WARNING = "ca#"
INVENTORY_SHARDS = 8
AUDIT_SHARDS = 8
_ZONE_LENGTH = 8
_NAME_LENGTH = 900
_FINGERPRINT_BEGINNING = 16


def version_record(not_after: datetime, serial: str) -> str:
    return f"{VERSION_PREFIX}{to_wire(not_after)}#{serial}"


def unexpired_versions_from(now: datetime) -> str:
    return f"{VERSION_PREFIX}{to_wire(now)}"


def pem_record(serial: str) -> str:
    return f"pem#{serial}"


def list_key(created_at: datetime, identifier: str) -> str:
    return f"{to_wire(created_at)}#{identifier}"


def ca_serial(ca_id: str, serial: str) -> str:
    return f"{ca_id}#{serial}"


def ca_shard(ca_id: str, shard: int | str) -> str:
    return f"{ca_id}#{shard}"


def crl_shards(ca_id: str) -> str:
    return f"crl#{ca_id}"


def crl_changes(ca_id: str, shard: int | str) -> str:
    return f"crl_changes#{ca_id}#{shard}"


def crl_log(ca_id: str, shard: int | str) -> str:
    return f"crl_log#{ca_id}#{shard}"


def crl_log_row(began: datetime, number: int) -> str:
    return f"{crl_log_from(began)}#{number:010}"


def crl_log_from(moment: datetime) -> str:
    return to_wire(moment)


def last_run(function: str) -> str:
    return f"last_run#{function}"


def digests_of(week: str) -> str:
    return f"digest#{week}"


def seen_within(way: str, bound: str) -> str:
    return f"seen#{way}#{bound}"


def overdue_revocations(ca_id: str, way: str) -> str:
    return f"overdue#{ca_id}#{way}"


def served_urls(ca_id: str) -> str:
    return f"served#{ca_id}"


def campaign_items(campaign_id: str) -> str:
    return f"campaign_item#{campaign_id}"


def campaign_asks(campaign_id: str) -> str:
    return f"campaign_ask#{campaign_id}"


def campaign_stops(campaign_id: str) -> str:
    return f"campaign_stop#{campaign_id}"


def counter_row(shard: int) -> str:
    return f"{shard:02}"


def counter_days(shard: int) -> str:
    return f"days#{shard:02}"


def dead_counter(last_day: str, shard: int) -> str:
    """Dead notifications whose retention ends on this day. By day first: one range has all shards."""
    return f"{last_day}#{shard:02}"


def flood_minute(kind: str, minute: str) -> str:
    return f"{kind}#{minute}"


def reversed_name(name: str) -> str:
    """`www.example.com` -> `com.example.www`; a name without a dot, an address or a URI is unchanged."""
    return ".".join(reversed(name.split("."))) if _is_domain(name) else name


def name_zone(name: str) -> str:
    """`com.example` of `www.example.com`; else the first 8 characters."""
    if not _is_domain(name):
        return name[:_ZONE_LENGTH]
    return ".".join(reversed(name.split(".")[-2:]))


def name_key(name: str, certificate_id: str) -> str:
    """A key has at most 1,024 bytes: a longer URI is truncated to its beginning, which a search matches."""
    return f"{reversed_name(name)[:_NAME_LENGTH]}#{certificate_id}"


def _is_domain(name: str) -> bool:
    top = name.rpartition(".")[2]
    return "." in name and not any(c in name for c in ":/@ ") and not top.isdigit()


def catalog_names(kind: str) -> str:
    return f"name#{kind}"


def catalog_name(name: str) -> str:
    """Names that differ only in case are one name."""
    return name.lower()


def entry_name(kind: str, name: str, entry_id: str) -> str:
    """People may have the same name; other records of a kind have different ones."""
    return f"{catalog_name(name)}\n{entry_id}" if kind == USER else catalog_name(name)


def references_to(kind: str, identifier: str) -> str:
    return f"ref#{kind}#{identifier}"


def referrer(kind: str, identifier: str) -> str:
    return f"{kind}#{identifier}"


def violations_of_month(month: str) -> str:
    return f"violations#{month}"


def violations_of_policy(policy_id: str) -> str:
    return f"violations#policy#{policy_id}"


def open_violations(policy_id: str) -> str:
    return f"open_violations#{policy_id}"


def names_edit(made_at: datetime, team_id: str, revision: int) -> str:
    return f"{to_millis(made_at):013d}#{team_id}#{revision}"


def names_exemption(remind_at: datetime, certificate_id: str) -> str:
    return f"{names_exemptions_until(remind_at)}#{certificate_id}"


def names_exemptions_until(moment: datetime) -> str:
    return to_wire(moment)


def audit_day_shard(event_id: str) -> str:
    return audit_partition(day_of(time_of(event_id)), shard_of(event_id, AUDIT_SHARDS))


def audit_partition(day: str, shard: int) -> str:
    return f"{day}#{shard}"


def audit_resource(resource_type: str, resource_id: str) -> str:
    return f"{resource_type}#{resource_id}"


def actor_day(actor: str, day: date | datetime) -> str:
    return f"{actor}#{day.strftime('%Y-%m-%d')}"


def audit_seal(cutoff: datetime, seq: int | None) -> str:
    """The key of a seal. Without a number: above every seal of this cutoff, below those of later ones."""
    return f"{to_wire(cutoff)}#{'~' if seq is None else f'{seq:010}'}"


def subject_key(ulid: str) -> str:
    """No digest of a text begins like this."""
    return f"subject#{ulid}"


def session_list_key(subject_ulid: str) -> str:
    """No digest of a text begins like this."""
    return f"sessions#{subject_ulid}"


def observed_item(fingerprint: str) -> str:
    return f"c#{fingerprint}"


def observed_fingerprint(item_id: str) -> str:
    return item_id.partition("#")[2]


def observed_list_key(first_seen_at: datetime, fingerprint: str) -> str:
    """Unique in practice: 64 bits of the fingerprint, beside the second."""
    return f"{to_wire(first_seen_at)}#{fingerprint[:_FINGERPRINT_BEGINNING]}"


def observed_first_seen(key: str) -> str:
    return key.partition("#")[0]


def inventory_shard(prefix: str, fingerprint: str) -> str:
    """The partition of a month or a state."""
    return inventory_partition(prefix, shard_of(fingerprint, INVENTORY_SHARDS))


def inventory_partition(prefix: str, shard: int) -> str:
    return f"{prefix}#{shard}"


def observed_of(team_or_owner_id: str) -> str:
    """The partition of the certificates of a team or owner; those of its endpoints begin with `e#`."""
    return f"c#{team_or_owner_id}"


def figures_item(day: str) -> str:
    return f"r#{day}"


def endpoints_of(team_or_owner_id: str) -> str:
    return f"e#{team_or_owner_id}"


def scope_item(scope_id: str) -> str:
    return f"s#{scope_id}"


def sighting_key(scope_id: str, place_key: str) -> str:
    """The place of a sighting among those of its certificate."""
    return f"{scope_id}#{place_key}"


def sighting_of(key: str) -> tuple[str, str]:
    """The id of the scope and the key of the place."""
    scope_id, _, place_key = key.rpartition("#")
    return scope_id, place_key


def endpoint_item(endpoint_id: str) -> str:
    return f"e#{endpoint_id}"


def endpoint_list_key(created_at: datetime, endpoint_id: str) -> str:
    return f"{to_wire(created_at)}#{endpoint_id}"


def endpoint_of(item_id: str) -> str:
    return item_id.partition("#")[2]


def served_certificate(certificate_id: str) -> str:
    """The partition of the endpoints of a certificate, and the record that links one to it."""
    return f"cert#{certificate_id}"


def probed_record(endpoint_id: str) -> str:
    """Behind the keys of places, which are hexadecimal, and behind `scope`."""
    return f"{PROBED}{endpoint_id}"


def endpoint_change(at: datetime, number: int) -> str:
    return f"{ENDPOINT_CHANGE}{to_wire(at)}#{number}"


def incident_record(finding: str) -> str:
    return f"{INCIDENT}{finding}"


def import_item(import_id: str) -> str:
    return f"i#{import_id}"


def import_pace(second: datetime) -> str:
    return f"i#{PACE}#{to_wire(second)}"


def import_chunk(number: int) -> str:
    return f"chunk#{number:06d}"


def observed_zone(zone: str) -> str:
    """The partition of the names of observed certificates that has the same texts as `zone`."""
    return f"obs#{zone}"
