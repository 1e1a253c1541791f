"""What the demo shows: some thirty certificates of four teams, alerts and deployments, in every state."""

from collections.abc import Mapping
from typing import Any

DOMAIN = "example.com"

Body = dict[str, Any]
Step = tuple[float | None, str, tuple[Any, ...]]

# Each has a zone of its own, and any name beside it: what a newcomer asks for first is not refused.
TEAMS: tuple[Body, ...] = tuple(
    {
        "id": f"t-{zone}",
        "name": name,
        "email": f"{zone}@{DOMAIN}",
        "allowed_names": [f"**.{zone}.{DOMAIN}", "*:*"],
    }
    for zone, name in (("platform", "Platform"), ("payments", "Payments"), ("identity", "Identity"))
)
OWNERS: tuple[Body, ...] = (
    {"id": "o-lars", "name": "Lars Holm", "email": "lars@example.com", "team_id": "t-platform"},
    {"id": "o-priya", "name": "Priya Nair", "email": "priya@example.com", "team_id": "t-payments"},
    {"id": "o-mina", "name": "Mina Sato", "email": "mina@example.com", "team_id": "t-identity"},
)
_BY_HAND = "rp-by-hand"
# So that what is near its end stays there to be looked at.
RENEWAL_POLICIES: tuple[Body, ...] = (
    {"id": _BY_HAND, "name": "Renewed by hand", "auto_renew": False, "alert_thresholds_days": [7, 3, 1, 0]},
)
# What is asked for without one has `server`, of 200 days.
PROFILES: tuple[Body, ...] = tuple(
    {
        "id": profile_id,
        "name": name,
        "extended_key_usages": usages,
        "max_ttl_seconds": days * 86_400,
    }
    for profile_id, name, usages, days in (
        ("web-47", "Public web, 47 days", ["serverAuth"], 47),
        ("internal-30", "Internal services, 30 days", ["serverAuth"], 30),
        ("mesh-14", "Service mesh, 14 days", ["serverAuth", "clientAuth"], 14),
        ("mesh-7", "Service mesh, 7 days", ["serverAuth", "clientAuth"], 7),
    )
)

# path in the API: bodies, in an order in which each finds what it names
CATALOG: Mapping[str, tuple[Body, ...]] = {
    "teams": TEAMS,
    "owners": OWNERS,
    "renewal-policies": RENEWAL_POLICIES,
    "profiles": PROFILES,
}

# name, team, profile, environment, days since it was issued. No list goes back beyond the first release, and
# statuses change at midnight UTC: these ages give each certificate the same one at every hour of a day.
_VALID: tuple[tuple[str, str, str, str, float], ...] = (
    ("shop", "t-platform", "web-47", "production", 20.9),
    ("search", "t-platform", "web-47", "production", 18.6),
    ("static-assets", "t-platform", "web-47", "production", 16.4),
    ("staging-gateway", "t-platform", "server", "staging", 20.1),
    ("grafana", "t-platform", "server", "production", 11.5),
    ("checkout", "t-payments", "web-47", "production", 12.3),
    ("payments-api", "t-payments", "web-47", "production", 8.8),
    ("invoices", "t-payments", "server", "production", 19.2),
    ("ledger", "t-payments", "internal-30", "production", 20.7),
    ("login", "t-identity", "web-47", "production", 7.9),
    ("scim", "t-identity", "internal-30", "production", 4.4),
    ("intranet", "t-default", "internal-30", "production", 14.3),
    ("mail", "t-default", "web-47", "production", 3.6),
    # these are near their end; wiki is urgent, though its status is Active
    ("gateway", "t-platform", "internal-30", "production", 21.05),
    ("fraud-scoring", "t-payments", "mesh-14", "production", 11.1),
    ("payout-batch", "t-payments", "mesh-14", "production", 12.1),
    ("sso", "t-identity", "mesh-14", "production", 13.4),
    ("wiki", "t-default", "mesh-7", "production", 4.9),
    # these have ended
    ("old-shop", "t-platform", "mesh-14", "production", 17.4),
    ("card-vault-test", "t-payments", "mesh-7", "staging", 9.2),
    # and with these something happens below
    ("ldap-bridge", "t-identity", "mesh-14", "production", 19.7),
    ("terminal-gateway", "t-payments", "server", "production", 15.1),
    ("partner-sftp", "t-payments", "server", "production", 13.9),
    ("vpn", "t-platform", "server", "production", 17.2),
    ("badge-reader", "t-identity", "server", "production", 10.4),
    ("load-test", "t-platform", "mesh-14", "staging", 2.9),
    ("build-agents", "t-platform", "mesh-14", "production", 9.6),
    ("device-registry", "t-identity", "internal-30", "production", 19.9),
    ("newsletter", "t-default", "web-47", "production", 6.5),
    ("brochure", "t-default", "server", "staging", 18.7),
)

_NEAR_THE_END = ("gateway", "fraud-scoring", "payout-batch", "sso", "wiki")
_AFTER_THE_END = ("old-shop", "card-vault-test", "ldap-bridge")

# host: team. Those that are online do the work that comes (`demo_agents`).
AGENTS: Mapping[str, str] = {
    "edge-1.example.com": "t-platform",
    "pay-lb-1.example.com": "t-payments",
    "idp-1.example.com": "t-identity",
}
_SILENT = "idp-1.example.com"
ONLINE = tuple(host for host in AGENTS if host != _SILENT)


def _server(name: str, reload: str, test: list[str]) -> Body:
    paths = {"certificate_path": f"/etc/{reload}/tls/{name}.pem", "key_path": f"/etc/{reload}/tls/{name}.key"}
    commands = {"test_command": test, "reload_command": ["systemctl", "reload", reload]}
    address = {"verify_address": "127.0.0.1:443", "verify_server_name": f"{name}.{DOMAIN}"}
    return paths | commands | address


def _file(name: str) -> Body:
    return {"certificate_path": f"/srv/{name}/tls.pem", "key_path": f"/srv/{name}/tls.key", "owner": name}


# id, host, type, settings
TARGETS: tuple[tuple[str, str, str, Body], ...] = (
    ("edge-shop", "edge-1.example.com", "NGINX", _server("shop", "nginx", ["nginx", "-t", "-q"])),
    ("edge-shop-export", "edge-1.example.com", "Files", _file("shop")),
    ("edge-search", "edge-1.example.com", "NGINX", _server("search", "nginx", ["nginx", "-t", "-q"])),
    ("pay-checkout", "pay-lb-1.example.com", "Apache", _server("checkout", "apache2", ["apachectl", "-t"])),
    ("pay-ledger", "pay-lb-1.example.com", "Files", _file("ledger")),
    ("idp-login", _SILENT, "Apache", _server("login", "apache2", ["apachectl", "-t"])),
)


def consent_of(host: str) -> Body:
    """What the host lets its agent do: what its targets need."""
    settings = [(kind, config) for _, at, kind, config in TARGETS if at == host]
    paths = [config[name] for _, config in settings for name in ("certificate_path", "key_path")]
    return {
        "source": "file",
        "kinds": sorted({kind for kind, _ in settings}),
        "directories": sorted({path.rpartition("/")[0] for path in paths}),
        "any_directory": False,
        "commands": [],
        "any_command": False,
        "owners": sorted({config["owner"] for _, config in settings if "owner" in config}),
        "any_owner": False,
        "verify_addresses": ["127.0.0.1", "::1", "localhost"],
        "any_verify_address": False,
        "acm_arns": [],
        "any_acm_arn": False,
    }


# certificate: its targets, all of one host
_SERVED: Mapping[str, tuple[str, ...]] = {
    "shop": ("edge-shop", "edge-shop-export"),
    "search": ("edge-search",),
    "checkout": ("pay-checkout",),
    "ledger": ("pay-ledger",),
    "login": ("idp-login",),
}
_BROKEN_CONFIGURATION = (
    "apachectl -t ended with 1: AH00526: Syntax error on line 12 of /etc/apache2/sites-enabled/checkout.conf"
)

CHANNELS: Mapping[str, tuple[str, str | None, str]] = {
    # id: kind, team, the receiver's behaviour
    "ops-webhook": ("Webhook", None, "working"),
    "platform-slack": ("Slack", None, "working"),
    "payments-pagerduty": ("PagerDuty", "t-payments", "accepting"),
    "payments-siem": ("Webhook", "t-payments", "down"),
    "identity-cmdb": ("Webhook", "t-identity", "gone"),
    "identity-chat": ("Slack", "t-identity", "down"),
    "identity-old-hook": ("Webhook", "t-identity", "working"),
}

ROUTING: Mapping[str, list[Body]] = {
    "stack": [{"channels": ["ops-webhook", "platform-slack"]}],
    "team:t-payments": [
        {"channels": ["payments-siem", "payments-pagerduty"], "severities": ["critical"]},
        {"channels": ["payments-siem", "platform-slack"]},
    ],
    "team:t-identity": [
        {"channels": ["identity-cmdb", "identity-chat"], "severities": ["critical"]},
        {"channels": ["identity-old-hook", "platform-slack"]},
    ],
}

KEYS: tuple[Body, ...] = (
    {"name": "Terraform", "role": "operator", "teams": ["t-platform"]},
    {"name": "Payments on call", "role": "operator", "teams": ["t-payments"]},
    {"name": "Wall screen", "role": "viewer", "teams": "*"},
    {"name": "Audit 2026", "role": "auditor", "teams": "*"},
)


def fields_of(name: str, team: str, profile: str, environment: str) -> Body:
    """What is asked for in a new certificate, as the API and the services call it."""
    host = f"{name}.{DOMAIN}"
    owners = {owner["team_id"]: owner["id"] for owner in OWNERS}
    is_by_hand = name in (*_NEAR_THE_END, *_AFTER_THE_END)
    return {
        "id": name,
        "common_name": host,
        "sans": [f"DNS:{host}", f"DNS:{name}.internal.{DOMAIN}"],
        "profile_id": profile,
        "environment": environment,
        "team_id": team,
        "owner_id": owners.get(team, "o-default"),
        "renewal_policy_id": _BY_HAND if is_by_hand else "rp-default",
        "target_ids": list(_SERVED.get(name, ())),
        "tags": {"service": name},
    }


def enrolled() -> list[Step]:
    """(days ago, method of `demo_history.History`, arguments), oldest first."""
    agents: list[Step] = [(21.2, "enroll", about) for about in AGENTS.items()]
    return [*agents, *((21.1, "add_target", about) for about in TARGETS)]


def issued() -> list[Step]:
    """Likewise."""
    oldest_first = sorted(_VALID, key=lambda each: -each[-1])
    return [(age, *_issuing(fields_of(*about))) for *about, age in oldest_first]


def _issuing(fields: Body) -> tuple[str, tuple[Any, ...]]:
    """An agent makes the key where the certificate has targets."""
    hosts = {host for target_id, host, *_ in TARGETS if target_id in fields["target_ids"]}
    return ("issue_and_deploy", (fields, hosts.pop())) if hosts else ("issue", (fields,))


def happened_since() -> list[Step]:
    """Likewise; a step without a time continues from the previous one."""
    return [
        (12.2, "renew_and_deploy", ("ledger", "pay-lb-1.example.com")),
        (8.4, "ask_for_renewal", ("ldap-bridge",)),
        (None, "give_up_waiting", ()),
        (2.6, "ask", (fields_of("kiosk", "t-default", "server", "production"),)),
        (None, "give_up_waiting", ()),
        (2.2, "renew_in_vain", ("checkout", "pay-lb-1.example.com", _BROKEN_CONFIGURATION)),
        (None, "deliver", ()),
        (1.6, "hear", (_SILENT,)),
        (1.3, "renew_and_deploy", ("shop", "edge-1.example.com")),
        # its channel is disabled before anybody is told: skipped
        (1.1, "revoke", ("scim", "affiliationChanged")),
        (None, "disable_channel", ("identity-old-hook",)),
        (None, "deliver", ()),
        # nobody is there to do it
        (0.4, "ask_to_deploy", ("login",)),
        # the receiver is down: five attempts, then it is dead
        (0.31, "revoke", ("terminal-gateway", "superseded")),
        (None, "deliver", ()),
    ]


def happens_today() -> list[Step]:
    """Likewise. The hourly schedule is not waited for: there would be no warnings to see yet."""
    return [
        (0, "mute", ("load-test", 4, "Load test until the weekend")),
        (0, "ask_for_renewal", ("build-agents",)),
        (0, "ask_for_renewal", ("device-registry",)),
        (0, "ask", (fields_of("kitchen-display", "t-default", "server", "production"),)),
        (0, "ask", (fields_of("tokenizer", "t-payments", "server", "production"),)),
        (0, "revoke", ("load-test", "cessationOfOperation")),
        (0, "revoke", ("vpn", "keyCompromise")),
        (0, "revoke", ("badge-reader", "keyCompromise")),
        (0, "revoke", ("partner-sftp", "superseded")),
        (0, "revoke", ("newsletter", "certificateHold")),
        (0, "archive", ("brochure",)),
        (0, "archive", ("old-shop",)),
        (0, "renew_what_is_due", ()),
        (None, "deliver", ()),
    ]


def happened() -> list[Step]:
    return [*enrolled(), *issued(), *happened_since(), *happens_today()]
