"""Examples of whole commands, which end the help of each: the one place where they are written."""

from collections.abc import Mapping
from typing import Any

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "status": ("certctl status", "certctl status --check"),
    "attention": ("certctl attention", "certctl attention --check -o json"),
    "certs list": (
        "certctl certs list --status Active --expires-before 30d --sort expires_at",
        "certctl certs list --team t-web -o name | xargs certctl certs renew",
        "certctl certs list --json id,expires_at",
    ),
    "certs get": ("certctl certs get sso", "certctl certs get sso --jq .expires_at"),
    "certs versions": ("certctl certs versions sso",),
    "certs export": ("certctl certs export sso > sso.pem", "certctl certs export sso --out sso.pem"),
    "certs inspect": ("certctl certs inspect server.pem", "certctl certs inspect server.pem --offline"),
    "certs find": ("certctl certs find 2b7bd90a620550c97f716347f57d1b956a870880",),
    "certs create": (
        "certctl certs create www",
        "certctl certs create --cn www.example.com --san example.com --out www",
        "certctl certs create --cn www.example.com --csr www.csr",
        "certctl certs create --cn www.example.com --target tgt-web --await-csr",
    ),
    "certs edit": ("certctl certs edit sso --owner o-ada --tag cost=42",),
    "certs renew": ("certctl certs renew sso --out sso-new", "certctl certs renew sso wiki"),
    "certs csr": ("certctl certs csr sso --file sso.csr --wait",),
    "certs deploy": ("certctl certs deploy sso --wait", "certctl certs deploy sso --target tgt-web"),
    "certs deployments": ("certctl certs deployments sso --limit 5",),
    "certs revoke": ("certctl certs revoke sso --reason keyCompromise --watch --yes",),
    "certs bulk-revoke": (
        "certctl certs bulk-revoke --reason cessationOfOperation --team t-old --dry-run",
        "certctl certs bulk-revoke --reason keyCompromise --ids-from ids.txt --yes --watch",
    ),
    "certs hold": ("certctl certs hold sso --yes",),
    "certs unhold": ("certctl certs unhold sso",),
    "certs archive": ("certctl certs archive old --revoke cessationOfOperation --yes",),
    "jobs list": ("certctl jobs list --state open", "certctl jobs list --certificate sso --status Failed"),
    "jobs get": ("certctl jobs get job-01m8e0aeqjzgcg1e1q39jepdp0",),
    "jobs logs": (
        "certctl jobs logs job-01m8e0aeqjzgcg1e1q39jepdp0 --follow",
        "certctl jobs logs sso --follow --timeout 600",
    ),
    "jobs wait": ("certctl jobs wait job-01m8e0aeqjzgcg1e1q39jepdp0 --timeout 60",),
    "jobs approve": ("certctl jobs approve job-01m8e0aeqjzgcg1e1q39jepdp0",),
    "jobs reject": ("certctl jobs reject job-01m8e0aeqjzgcg1e1q39jepdp0 --yes",),
    "jobs cancel": ("certctl jobs cancel job-01m8e0aeqjzgcg1e1q39jepdp0 --yes",),
    "campaigns create": (
        "certctl campaigns create --reason keyCompromise --key-of leaked.pem --dry-run",
        "certctl campaigns create --reason superseded --algorithm RSA-2048 --deadline-hours 72 --confirm 12",
    ),
    "campaigns list": ("certctl campaigns list",),
    "campaigns show": ("certctl campaigns show cmp-01m8e0aeqjzgcg1e1q39jepdp0",),
    "campaigns items": ("certctl campaigns items cmp-01m8e0aeqjzgcg1e1q39jepdp0 --all",),
    "campaigns confirm": ("certctl campaigns confirm cmp-01m8e0aeqjzgcg1e1q39jepdp0 --count 12",),
    "campaigns pause": ("certctl campaigns pause cmp-01m8e0aeqjzgcg1e1q39jepdp0",),
    "campaigns resume": ("certctl campaigns resume cmp-01m8e0aeqjzgcg1e1q39jepdp0",),
    "campaigns cancel": ("certctl campaigns cancel cmp-01m8e0aeqjzgcg1e1q39jepdp0 --yes",),
    "campaigns verify": ("certctl campaigns verify cmp-01m8e0aeqjzgcg1e1q39jepdp0 sso --yes",),
    "campaigns watch": ("certctl campaigns watch cmp-01m8e0aeqjzgcg1e1q39jepdp0 --timeout 3600",),
    "acme eab list": ("certctl acme eab list --team t-web",),
    "acme eab show": ("certctl acme eab show eab-01m8e0aeqjzgcg1e1q39jepdp0",),
    "acme eab create": (
        "certctl acme eab create --name web --account sa-01m8e0aeqjzgcg1e1q39jepdp0 "
        "--allow-name '**.web.example.com'",
        "certctl acme eab create --name lab --account sa-01m8e0aeqjzgcg1e1q39jepdp0 "
        "--allow-name '**.lab.example.com' --open --source-cidr 10.0.0.0/8 --max-accounts 50",
    ),
    "acme eab edit": (
        "certctl acme eab edit eab-01m8e0aeqjzgcg1e1q39jepdp0 --allow-name '**.example.com' --wildcards",
    ),
    "acme eab rotate": ("certctl acme eab rotate eab-01m8e0aeqjzgcg1e1q39jepdp0 --out eab.key --yes",),
    "acme eab revoke": ("certctl acme eab revoke eab-01m8e0aeqjzgcg1e1q39jepdp0 --yes",),
    "acme eab delete": ("certctl acme eab delete eab-01m8e0aeqjzgcg1e1q39jepdp0 --yes",),
    "acme accounts list": ("certctl acme accounts list --eab-key eab-01m8e0aeqjzgcg1e1q39jepdp0",),
    "acme accounts show": ("certctl acme accounts show acct-01m8e0aeqjzgcg1e1q39jepdp0",),
    "acme accounts revoke": ("certctl acme accounts revoke acct-01m8e0aeqjzgcg1e1q39jepdp0 --yes",),
    "acme orders list": ("certctl acme orders list --account acct-01m8e0aeqjzgcg1e1q39jepdp0",),
    "inventory import": (
        "certctl inventory import /etc/letsencrypt /etc/ssl --dry-run",
        "certctl inventory import keystores --password-file passwords",
        "kubectl get secrets --all-namespaces -o yaml | certctl inventory import - --name cluster-1",
    ),
    "inventory set": (
        "certctl inventory set 5f2a8f0e0c6c5a0c2e8a1d3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f "
        "--team t-web --owner o-ada",
    ),
    "inventory list": (
        "certctl inventory list --status Unmanaged --expires-before 30d",
        "certctl inventory list --search www.example.com",
        "certctl inventory list --trait sha1 --renewer nobody",
    ),
    "inventory get": (
        "certctl inventory get 5f2a8f0e0c6c5a0c2e8a1d3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f",
    ),
    "inventory summary": ("certctl inventory summary", "certctl inventory summary --team t-web -o json"),
    "inventory readiness": (
        "certctl inventory readiness",
        "certctl inventory readiness --team t-web -o csv",
    ),
    "inventory sources": ("certctl inventory sources",),
    "endpoints list": ("certctl endpoints list --finding stale",),
    "endpoints get": ("certctl endpoints get ep-01m8e0aeqjzgcg1e1q39jepdp0",),
    "endpoints add": (
        "certctl endpoints add www.example.com --certificate mc-01m8e0aeqjzgcg1e1q39jepdp0",
        "certctl endpoints add mail.example.com:587 --starttls smtp --team t-default",
        "certctl endpoints add 10.0.0.7:8443 --sni www.example.com --prober agent-01m8e0aeqjzgcg1e1q39jepdp0 "
        "--team t-default",
    ),
    "endpoints attach": (
        "certctl endpoints attach ep-01m8e0aeqjzgcg1e1q39jepdp0 --certificate mc-01m8e0aeqjzgcg1e1q39jepdp0",
    ),
    "endpoints remove": ("certctl endpoints remove ep-01m8e0aeqjzgcg1e1q39jepdp0 --yes",),
    "endpoints incidents": ("certctl endpoints incidents ep-01m8e0aeqjzgcg1e1q39jepdp0",),
    "endpoints history": ("certctl endpoints history ep-01m8e0aeqjzgcg1e1q39jepdp0",),
    "inspect": (
        "certctl inspect www.example.com:443 --days 21",
        "certctl inspect 10.0.0.7:8443 --name www.example.com --ca-cert corporate.pem",
        "certctl inspect server.pem",
    ),
    "cost": (
        "certctl cost --certificates 10000 --agents 500 --alerts 1000",
        "certctl cost --stack -o json",
    ),
    "probe": (
        "certctl probe www.example.com",
        'certctl probe mail.example.com:587 --starttls smtp --expect-issuer "Let\'s Encrypt"',
        "certctl probe 10.0.0.7:8443 --sni www.example.com --ca corporate.pem",
        "certctl probe - -o json < hosts.txt",
    ),
    "crl show": ("certctl crl show --issuer iss-local --all", "certctl crl show --file root.crl"),
    "crl verify": ("certctl crl verify --certificate server.pem --ca ca.pem",),
    "crl bundle": ("certctl crl bundle --out clients.crl --ca-out clients.pem",),
    "ocsp check": ("certctl ocsp check server.pem --ca ca.pem", "certctl ocsp check sso --nonce"),
    "revocation list": ("certctl revocation list --since 24h",),
    "revocation show": ("certctl revocation show 2b7bd90a620550c97f716347f57d1b956a870880",),
    "revocation status": ("certctl revocation status sso --watch",),
    "cas list": ("certctl cas list",),
    "cas tree": ("certctl cas tree",),
    "cas show": ("certctl cas show iss-local.1",),
    "cas uses": ("certctl cas uses iss-local.1",),
    "cas certificate": ("certctl cas certificate iss-local.1 --chain --out ca.pem",),
    "cas crl": ("certctl cas crl iss-local.1 --out ca.crl",),
    "notifications list": ("certctl notifications list --status dead",),
    "notifications get": ("certctl notifications get notif-01m8e0aeqjzgcg1e1q39jepdp0",),
    "notifications read": ("certctl notifications read notif-01m8e0aeqjzgcg1e1q39jepdp0",),
    "notifications requeue": (
        "certctl notifications requeue notif-01m8e0aeqjzgcg1e1q39jepdp0",
        "certctl notifications requeue --all --channel Slack --older-than 24h",
    ),
    "channels list": ("certctl channels list",),
    "channels get": ("certctl channels get ops-slack",),
    "channels kinds": ("certctl channels kinds", "certctl channels kinds Slack"),
    "channels create": (
        "certctl channels create --id ops-slack --kind Slack --set url=ops-slack",
        "certctl channels create --from-file ops-slack.yaml",
    ),
    "channels edit": ("certctl channels edit ops-slack --no-enabled",),
    "channels delete": ("certctl channels delete ops-slack --yes",),
    "channels test": ("certctl channels test ops-slack",),
    "channels trigger": (
        "certctl channels trigger RenewalFailure ops-slack",
        "certctl channels trigger Revocation --forward-to http://127.0.0.1:4242/hooks",
    ),
    "listen": (
        "certctl listen --forward-to http://127.0.0.1:4242/hooks",
        "certctl listen --forward-to http://127.0.0.1:4242/hooks --types Revocation --cursor place",
    ),
    "routing list": ("certctl routing list",),
    "routing get": ("certctl routing get team:t-web",),
    "routing create": ("certctl routing create stack --route critical=pagerduty-ops --route ops-slack",),
    "routing edit": ("certctl routing edit team:t-web --route web-slack",),
    "routing delete": ("certctl routing delete team:t-web --yes",),
    "routing test": ("certctl routing test --type RenewalFailure --certificate sso",),
    "digest preview": ("certctl digest preview", "certctl digest preview --team t-web"),
    "mutes list": ("certctl mutes list",),
    "mutes create": ("certctl mutes create --certificate sso --until 4h --reason 'planned move'",),
    "mutes delete": ("certctl mutes delete mute-01m8e0aeqjzgcg1e1q39jepdp0",),
    "issuers list": ("certctl issuers list",),
    "issuers get": ("certctl issuers get iss-local",),
    "issuers create": (
        "certctl issuers create --id iss-acme --name ACME --type ACME --setting directory_url=URL "
        "--setting terms_of_service_agreed=true",
    ),
    "issuers edit": ("certctl issuers edit iss-acme --no-enabled",),
    "issuers delete": ("certctl issuers delete iss-acme --yes",),
    "issuers types": ("certctl issuers types", "certctl issuers types ACME"),
    "issuers test": ("certctl issuers test iss-acme",),
    "profiles list": ("certctl profiles list",),
    "profiles get": ("certctl profiles get prof-web",),
    "profiles create": (
        "certctl profiles create --id prof-web --name Web --usage serverAuth --max-ttl 90d --key ECDSA",
    ),
    "profiles edit": ("certctl profiles edit prof-web --max-ttl 47d",),
    "profiles delete": ("certctl profiles delete prof-web --yes",),
    "policies list": ("certctl policies list",),
    "policies get": ("certctl policies get pol-domains",),
    "policies create": (
        "certctl policies create --name Domains --type AllowedDomains --severity Error "
        "--setting 'domains=[\"*.example.com\"]'",
    ),
    "policies edit": ("certctl policies edit pol-domains --severity Warning",),
    "policies delete": ("certctl policies delete pol-domains --yes",),
    "policies preview": (
        "certctl policies preview --name Domains --type AllowedDomains --severity Error "
        "--setting 'domains=[\"*.example.com\"]'",
    ),
    "policies violations": ("certctl policies violations --state open",),
    "policies evaluation": ("certctl policies evaluation pol-domains --wait",),
    "renewal-policies list": ("certctl renewal-policies list",),
    "renewal-policies get": ("certctl renewal-policies get rp-standard",),
    "renewal-policies create": (
        "certctl renewal-policies create --name Short --renewal-window-days 10 --auto-renew --max-retries 5 "
        "--retry-interval-seconds 3600 --alert-threshold-days 7 --alert-threshold-days 1",
    ),
    "renewal-policies edit": ("certctl renewal-policies edit rp-standard --renewal-window-days 20",),
    "renewal-policies delete": ("certctl renewal-policies delete rp-short --yes",),
    "owners list": ("certctl owners list --team t-web",),
    "owners get": ("certctl owners get o-ada",),
    "owners create": ("certctl owners create --name Ada --email ada@example.com --team t-web",),
    "owners edit": ("certctl owners edit o-ada --email ada@example.org",),
    "owners delete": ("certctl owners delete o-ada --yes",),
    "teams list": ("certctl teams list",),
    "teams get": ("certctl teams get t-web -o yaml",),
    "teams create": ("certctl teams create --id t-web --name Web --allow-name 'DNS:**.example.com'",),
    "teams edit": ("certctl teams edit t-web --description 'The web shop'",),
    "teams delete": ("certctl teams delete t-web --yes",),
    "teams names preview": ("certctl teams names preview t-web --allow-name 'DNS:**.example.com'",),
    "targets list": ("certctl targets list --agent agt-web",),
    "targets get": ("certctl targets get tgt-web",),
    "targets create": (
        "certctl targets create --name web-1 --type NGINX --agent agt-web "
        "--setting certificate_path=/etc/nginx/tls/www.pem --setting key_path=/etc/nginx/tls/www.key "
        "--setting verify_address=127.0.0.1:443",
    ),
    "targets edit": ("certctl targets edit tgt-web --no-enabled",),
    "targets delete": ("certctl targets delete tgt-web --yes",),
    "targets types": ("certctl targets types", "certctl targets types NGINX"),
    "targets test": ("certctl targets test tgt-web",),
    "targets certificates": ("certctl targets certificates tgt-web",),
    "agents list": ("certctl agents list --status Offline",),
    "agents get": ("certctl agents get agt-web",),
    "agents edit": ("certctl agents edit agt-web --name web-1",),
    "agents register": (
        "certctl agents register --name web-1 --hostname web-1.example.com --team t-web --key-file web-1.key",
    ),
    "agents token": ("certctl agents token --hostname-pattern 'web-*.example.com' --token-file token",),
    "agents tokens": ("certctl agents tokens",),
    "agents end-token": ("certctl agents end-token boot-01m8e0aeqjzgcg1e1q39jepdp0",),
    "agents retire": ("certctl agents retire agt-web --yes",),
    "agent enroll": ("certctl agent enroll --url https://certctl.example.com --secret-stdin < token",),
    "agent run": ("certctl agent run --max-poll-seconds 60",),
    "agent once": ("certctl agent once",),
    "agent status": ("certctl agent status",),
    "agent discover": (
        "certctl agent discover",
        "certctl agent discover --only www.example.com --apply",
        "certctl agent discover --undo cut-20261130T130503-4f1c9a",
    ),
    "agent install": ("certctl agent install --dry-run", "certctl agent install --enable"),
    "agent consent init": ("certctl agent consent init --kind NGINX --write",),
    "agent consent show": ("certctl agent consent show",),
    "agent consent check": ("certctl agent consent check",),
    "identity-providers list": ("certctl identity-providers list",),
    "identity-providers get": ("certctl identity-providers get idp-okta",),
    "identity-providers create": (
        "certctl identity-providers create --name Okta --type OIDC --issuer https://example.okta.com "
        "--sign-in client_id=0oa1",
    ),
    "identity-providers edit": ("certctl identity-providers edit idp-okta --name 'Okta, new'",),
    "identity-providers delete": ("certctl identity-providers delete idp-okta --yes",),
    "access-rules list": ("certctl access-rules list",),
    "access-rules get": ("certctl access-rules get ar-web",),
    "access-rules create": (
        "certctl access-rules create --name 'Web operators' --provider idp-okta --claim groups --value web "
        "--role operator --team t-web",
    ),
    "access-rules edit": ("certctl access-rules edit ar-web --role viewer",),
    "access-rules delete": ("certctl access-rules delete ar-web --yes",),
    "access-rules preview": ("certctl access-rules preview --provider idp-okta --claims claims.json",),
    "trust-rules list": ("certctl trust-rules list",),
    "trust-rules get": ("certctl trust-rules get tr-deploy",),
    "trust-rules create": (
        "certctl trust-rules create --name Deploy --provider idp-github --account sa-deploy "
        "--claim repository_id=1296269 --lifetime 15m",
    ),
    "trust-rules edit": ("certctl trust-rules edit tr-deploy --lifetime 30m",),
    "trust-rules delete": ("certctl trust-rules delete tr-deploy --yes",),
    "service-accounts list": ("certctl service-accounts list",),
    "service-accounts get": ("certctl service-accounts get sa-deploy",),
    "service-accounts create": (
        "certctl service-accounts create --name Deploy --team t-web --grant operator:t-web",
    ),
    "service-accounts edit": ("certctl service-accounts edit sa-deploy --no-enabled",),
    "service-accounts delete": ("certctl service-accounts delete sa-deploy --yes",),
    "users list": ("certctl users list --name Ada",),
    "users get": ("certctl users get usr-ada",),
    "users create": ("certctl users create --name Ada --email ada@example.com --grant operator:t-web",),
    "users edit": ("certctl users edit usr-ada --no-enabled",),
    "users delete": ("certctl users delete usr-ada --yes",),
    "users sessions list": ("certctl users sessions list usr-ada",),
    "users sessions end": ("certctl users sessions end usr-ada ses-01m8e0aeqjzgcg1e1q39jepdp0 --yes",),
    "trust github": (
        "certctl trust github example/shop --repository-id 1296269 --branch main --account sa-deploy",
    ),
    "trust gitlab": ("certctl trust gitlab 4711 --branch main --account sa-deploy",),
    "trust kubernetes": (
        "certctl trust kubernetes shop deployer --issuer https://cluster.example.com --account sa-deploy",
    ),
    "trust aws": (
        "certctl trust aws arn:aws:iam::123456789012:role/deploy --issuer https://issuer.example.com "
        "--account sa-deploy",
    ),
    "trust preview": ("certctl trust preview tr-deploy --claims claims.json",),
    "audit list": ("certctl audit list --since 24h --changes-only",),
    "audit get": ("certctl audit get aud-01m8e0aeqjzgcg1e1q39jepdp0",),
    "audit head": ("certctl audit head --out head.json",),
    "audit key": ("certctl audit key --out seal.pem",),
    "audit export": ("certctl audit export --out trail --since 30d",),
    "audit verify": ("certctl audit verify trail --key seal.pem --head head.json",),
    "keys list": ("certctl keys list --account sa-deploy",),
    "keys create": ("certctl keys create --name deploy --role operator --team t-web --expires 30d",),
    "keys revoke": ("certctl keys revoke key-01m8e0aeqjzgcg1e1q39jepdp0 --leaked --yes",),
    "keys revoke-found": ("certctl keys revoke-found < found.txt",),
    "keys show": ("certctl keys show --key-of server.pem",),
    "whoami": ("certctl whoami",),
    "login": (
        "certctl login --context prod --url https://certctl.example.com",
        "certctl login --url https://certctl.example.com --key-stdin < key.txt",
    ),
    "logout": ("certctl logout --context trial",),
    "context list": ("certctl context list",),
    "context show": ("certctl context show prod",),
    "context use": ("certctl context use prod",),
    "context set": ("certctl context set --team t-web --profile prof-web --domain example.com",),
    "context delete": ("certctl context delete trial --yes",),
    "open": ("certctl open", "certctl open sso", "certctl open t-web --no-browser"),
    "api": (
        "certctl api GET /certificates -f status=Active --paginate --jq '.[].id'",
        "certctl api POST /certificates/sso/renew",
        "certctl api PUT /teams/t-web --input team.json",
    ),
    "mcp": ("certctl mcp --toolsets certificates,jobs", "certctl mcp --allow-writes"),
    "version": ("certctl version",),
    "help": ("certctl help certs revoke",),
}


def examples_of(path: tuple[str, ...]) -> tuple[str, ...]:
    """The examples of the command with this path: `("certs", "list")`. Empty for a group."""
    return EXAMPLES.get(" ".join(path), ())


def write_examples(context: Any, formatter: Any) -> None:
    """Writes the examples of a command to its help, in place of the parser's epilogue."""
    _, *path = context.command_path.split()
    if examples := examples_of(tuple(path)):
        with formatter.section("Examples"):
            for each in examples:
                formatter.write(f"{'':{formatter.current_indent}}{each}\n")
