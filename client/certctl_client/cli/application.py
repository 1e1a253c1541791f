"""The command line: `certctl GROUP COMMAND`. A group is a module in `commands/` and one line below."""

import os
from collections.abc import Mapping

import typer

from certctl_client.cli import global_options
from certctl_client.cli.lazy import Later, lazy_group
from certctl_client.exit_codes import SUMMARY

_DAILY, _ALERTS = "Certificates and jobs", "Alerts"
_RULES, _HOSTS = "Catalog and rules", "Agents"
_RECORD, _SETUP = "Audit and access", "This program"

COMMANDS: Mapping[str, Later] = {
    "status": Later(
        "commands.status:status",
        "Certificates, jobs and alerts in numbers; health; dead notifications; channels.",
        _DAILY,
    ),
    "attention": Later(
        "commands.attention:attention",
        "What needs a person now, the most urgent first: counts, the worst examples, what to look at next.",
        _DAILY,
    ),
    "certs": Later(
        "commands.certs.group:app", "Certificates: request, renew, deploy, revoke, export.", _DAILY
    ),
    "jobs": Later("commands.jobs:app", "Jobs: issuances, renewals, deployments, approvals.", _DAILY),
    "campaigns": Later(
        "commands.revocation.campaigns:app",
        "Campaigns: replace the certificates of a key, CA or algorithm, then revoke the old versions.",
        _DAILY,
    ),
    "inventory": Later(
        "commands.inventory.group:app",
        "Inventory: certificates that were found, of any issuer.",
        _DAILY,
    ),
    "endpoints": Later(
        "commands.inventory.endpoints:app",
        "Endpoints: where certificates are served, and whether it is what it should be.",
        _DAILY,
    ),
    "inspect": Later(
        "commands.inspecting:inspect",
        "Show the certificate of a TLS server or a file: names, days left, chain, and what is wrong.",
        _DAILY,
    ),
    "probe": Later(
        "commands.probing:probe",
        "Judge what TLS servers serve: at each address the certificate, its chain and end, and versions of "
        "TLS.",
        _DAILY,
    ),
    "crl": Later("commands.revocation.crl:app", "Revocation lists: show, verify and bundle.", _DAILY),
    "ocsp": Later("commands.revocation.ocsp:app", "OCSP: ask whether a certificate is revoked.", _DAILY),
    "revocation": Later("commands.revocation.publication:app", "Revocations, and who sees them.", _DAILY),
    "cas": Later("commands.cas.group:app", "CAs: their certificates, CRLs and rotation.", _DAILY),
    "notifications": Later(
        "commands.notifications:app", "Alerts: list, mark as read, and requeue dead ones.", _ALERTS
    ),
    "channels": Later(
        "commands.alerting.channels:app", "Channels: destinations of alerts, and whether they work.", _ALERTS
    ),
    "listen": Later(
        "commands.alerting.listen:listen",
        "Forward new alerts to a local URL, signed as webhooks are, until Ctrl-C. It needs no public URL.",
        _ALERTS,
    ),
    "routing": Later(
        "commands.alerting.routing:app", "Routing: which alerts go to which channels, and why.", _ALERTS
    ),
    "mutes": Later(
        "commands.alerting.mutes:app", "Mutes: alerts of a certificate or team that are not sent.", _ALERTS
    ),
    "digest": Later(
        "commands.alerting.digests:app", "Weekly digests: what owners and teams get on Mondays.", _ALERTS
    ),
    "issuers": Later("commands.catalog.groups:GROUPS", "Issuers: the CAs that issue certificates.", _RULES),
    "profiles": Later(
        "commands.catalog.groups:GROUPS",
        "Profiles: keys, names, uses and lifetimes that certificates may have.",
        _RULES,
    ),
    "policies": Later(
        "commands.catalog.groups:GROUPS", "Policies: rules that certificates must keep.", _RULES
    ),
    "renewal-policies": Later(
        "commands.catalog.groups:GROUPS",
        "Renewal policies: when certificates are renewed, and when expiry alerts are sent.",
        _RULES,
    ),
    "owners": Later("commands.catalog.groups:GROUPS", "Owners: people responsible for certificates.", _RULES),
    "teams": Later(
        "commands.catalog.groups:GROUPS",
        "Teams: the owners of certificates, and the scope of API keys.",
        _RULES,
    ),
    "targets": Later("commands.catalog.groups:GROUPS", "Targets: where certificates are deployed.", _HOSTS),
    "agents": Later(
        "commands.catalog.groups:GROUPS",
        "Agents: programs on hosts that deploy certificates there.",
        _HOSTS,
    ),
    "agent": Later(
        "commands.agents.host:app",
        "The deployment agent of this host: private keys are generated here and stay here.",
        _HOSTS,
    ),
    "identity-providers": Later(
        "commands.catalog.groups:GROUPS",
        "Identity providers: whose tokens can be exchanged for credentials, and with which people sign in.",
        _RECORD,
    ),
    "access-rules": Later(
        "commands.catalog.groups:GROUPS",
        "Access rules: which people of an identity provider have which role.",
        _RECORD,
    ),
    "trust-rules": Later(
        "commands.catalog.groups:GROUPS",
        "Trust rules: which tokens of a provider act as which service account.",
        _RECORD,
    ),
    "service-accounts": Later(
        "commands.catalog.groups:GROUPS",
        "Service accounts: machines with keys and tokens of their own.",
        _RECORD,
    ),
    "users": Later("commands.catalog.groups:GROUPS", "Users: people, and what they may do.", _RECORD),
    "trust": Later(
        "commands.access.trust:app",
        "Trust GitHub, GitLab, Kubernetes or AWS: certificates without stored keys.",
        _RECORD,
    ),
    "acme": Later(
        "commands.acme.group:app",
        "The ACME server: EAB keys, and the ACME accounts and orders of clients.",
        _RECORD,
    ),
    "audit": Later("commands.audit.trail:app", "The audit trail: list, export, verify.", _RECORD),
    "keys": Later(
        "commands.access.keys:app", "API keys: your own, or all if you are an administrator.", _RECORD
    ),
    "whoami": Later(
        "commands.access.whoami:whoami", "Show your key or session, and its permissions.", _RECORD
    ),
    "login": Later(
        "commands.access.login:login",
        "Sign in to a stack, and store its URL and the session or API key in the configuration file.",
        _SETUP,
    ),
    "logout": Later(
        "commands.access.login:logout",
        "End the session, and remove it from the configuration file.",
        _SETUP,
    ),
    "context": Later(
        "commands.access.contexts:app", "Contexts: the stacks that you have signed in to.", _SETUP
    ),
    "open": Later(
        "commands.opening:open_record", "Open a record in the dashboard, and print its address.", _SETUP
    ),
    "api": Later(
        "commands.api_calls:call",
        "Send any request of the API with your key, and print the response.",
        _SETUP,
    ),
    "cost": Later(
        "commands.cost:cost",
        "What a stack costs a month on AWS, from counted requests and list prices: docs/costs.md.",
        _SETUP,
    ),
    "mcp": Later(
        "mcp.command:serve",
        "Serve an MCP client (an assistant, an editor) on standard input and output.",
        _SETUP,
    ),
    "version": Later("version:version", "Show the version.", _SETUP),
    "help": Later("cli.help:help_on", "Show the help of a command: `certctl help certs revoke`.", _SETUP),
}
if os.name != "posix":  # the agent needs POSIX locks, file owners and signals
    COMMANDS = {name: later for name, later in COMMANDS.items() if name != "agent"}

app = typer.Typer(
    name="certctl",
    cls=lazy_group(COMMANDS),
    help="Certificates, alerts and the audit trail of a certctl stack.\n\n"
    "`certctl login` stores the server's URL and your key; CERTCTL_URL and CERTCTL_API_KEY override them.",
    no_args_is_help=True,
    add_completion=False,  # ours names the shell: cli/completion.py
    rich_markup_mode=None,  # plain help loads less, and wastes no columns on frames
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=SUMMARY,
)
app.callback()(global_options.before_a_command)
