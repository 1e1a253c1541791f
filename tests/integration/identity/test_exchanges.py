"""Exchanges over the functions, with an issuer on real HTTP: who gets a credential, and who must not."""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import serialization

from certctl.compose.identity_api import IdentityApi
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.subjects import Subject
from certctl.domain.identity.exchanged_tokens import JWT_BEARER
from certctl.store.access.subjects import SubjectStore
from certctl.store.items import StateItem
from certctl.store.keys import EXCHANGES
from certctl.store.notifications.public_url import PublicUrlStore
from certctl.store.writes import put
from tests.support.costs.write_units import metered
from tests.support.identity.issuers import base64url, compact, jwk, private_key
from tests.support.identity.trust import PROVIDERS, RULES, TOKEN, Trust, refusal

ME = "/api/v1/certificates"
CHANNELS = "/api/v1/channels"
CHANNEL = {"id": "a", "kind": "Slack", "settings": {"url": "certctl/blue/channels/a"}}


INVALID = (400, "invalid_grant")


def test_a_token_is_exchanged_for_a_credential_of_the_service_account(trust: Trust) -> None:
    answer = trust.exchange(trust.token())
    assert answer.status == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert (answer.body["token_type"], answer.body["expires_in"]) == ("Bearer", 900)
    assert answer.body["service_account_id"] == trust.account.id
    text = answer.body["access_token"]
    assert text.startswith(f"certctl_tok_{trust.account.ulid}_")
    assert trust.stack.client("certificates_api", text).get(ME).status == 200


def test_an_exchange_takes_10_write_units_at_most(trust: Trust) -> None:
    """Beside the row that every API call leaves."""
    exchange = IdentityApi(trust.stack.overrides).exchange
    exchange.exchange("tr-ci", trust.token(jti="1"))  # reads the issuer's keys, which are stored for an hour
    with metered(trust.stack.database.client) as meter:
        exchange.exchange("tr-ci", trust.token(jti="2"))
    assert 0 < meter.units <= 10, meter.writes


def test_json_is_taken_as_a_form_is(trust: Trust) -> None:
    body = {"grant_type": JWT_BEARER, "client_id": "tr-ci", "assertion": trust.token()}
    assert trust.stack.client("identity_api").post(TOKEN, body).status == 200


def test_the_credential_reaches_what_the_account_does_and_ends_in_time(trust: Trust) -> None:
    client = trust.stack.client("catalog_api", trust.credential())
    assert client.post("/api/v1/teams", {"name": "more"}).status == 403
    trust.stack.clock.advance(timedelta(minutes=15))
    assert client.get("/api/v1/teams").status == 401


def test_a_rule_narrows_its_credentials_to_some_permissions_of_the_account(trust: Trust) -> None:
    trust.write(actions=["certificates:read", "channels:write"])
    text = trust.credential()
    asked = {
        "read": trust.stack.client("certificates_api", text).get(ME).status,
        "write": trust.stack.client("certificates_api", text).post(ME, {"common_name": "a.example"}).status,
        "beyond the role": trust.stack.client("notifications_api", text).post(CHANNELS, CHANNEL).status,
    }
    assert asked == {"read": 200, "write": 403, "beyond the role": 403}
    trust.write(actions=None)
    assert trust.stack.client("certificates_api", text).post(ME, {"common_name": "a.example"}).status == 403


def test_a_rule_narrows_the_names_that_its_credentials_may_request(trust: Trust) -> None:
    trust.write(names=["DNS:**.ci.example.com"])
    client = trust.stack.client("certificates_api", trust.credential())
    refused = client.post(ME, {"common_name": "www.example.com"})
    assert refused.status == 422
    assert "not among the names of this key" in refused.text
    assert trust.stack.admin("catalog_api").get(f"{RULES}/tr-ci").body["names"] == ["DNS:**.ci.example.com"]
    inside = client.post(ME, {"common_name": "a.ci.example.com"})
    assert "not among the names of this key" not in inside.text


def test_a_rule_with_an_unknown_permission_is_refused(trust: Trust) -> None:
    answer = trust.stack.admin("catalog_api").put(f"{RULES}/tr-ci", trust.rule | {"actions": ["certs"]})
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "actions.0")


def test_a_disabled_account_ends_its_credentials_and_gets_none(trust: Trust) -> None:
    text = trust.credential()
    subjects = SubjectStore(trust.stack.database)
    disabled = Subject(trust.account.id, trust.account.kind, trust.account.ulid, trust.account.grants, False)
    trust.stack.database.write(subjects.put_step(disabled))
    trust.stack.restart()
    assert trust.stack.client("certificates_api", text).get(ME).status == 401
    assert refusal(trust.exchange(trust.token(jti="2"))) == INVALID


def forged(kind: str, trust: Trust) -> str:
    """A token that only deceives a careless verifier."""
    now = int(trust.stack.clock().timestamp())
    claims = {
        "iss": trust.issuer.url,
        "aud": "https://certs.example.com",
        "sub": "x",
        "jti": kind,
        "iat": now,
        "exp": now + 300,
        "repository_id": "1234",
    }
    header = {"alg": "RS256", "kid": "k1"}
    match kind:
        case "alg none":
            parts = (base64url(json.dumps(part).encode()) for part in ({"alg": "none"}, claims))
            return ".".join([*parts, "e30"])
        case "public key as secret":
            signed = compact({"alg": "RS256", "kid": "k1"}, claims).rpartition(".")[0].split(".")[1]
            signed = f"{base64url(json.dumps(header | {'alg': 'HS256'}).encode())}.{signed}"
            public = private_key("RSA").public_key()
            pem = public.public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            return f"{signed}.{base64url(hmac.new(pem, signed.encode(), hashlib.sha256).digest())}"
        case "own key in the header":
            return compact(header | {"jwk": jwk("RSA-other")}, claims, "RSA-other")
        case "own key at a URL":
            return compact(header | {"jku": trust.issuer.url + "/keys"}, claims, "RSA-other")
        case "another key":
            return compact(header, claims, "RSA-other")
        case "another issuer":
            return compact(header, claims | {"iss": "https://other.example"})
        case "another audience":
            return compact(header, claims | {"aud": "https://other.example"})
        case "two audiences":
            return compact(header, claims | {"aud": [claims["aud"], "https://other.example"]})
        case "expired":
            return compact(header, claims | {"exp": now - 61})
        case "of tomorrow":
            return compact(header, claims | {"iat": now + 86400, "exp": now + 90000})
        case "access token":
            return compact(header | {"typ": "at+jwt"}, claims)
        case "critical":
            return compact(header | {"crit": ["x"], "x": 1}, claims)
        case "another repository":
            return compact(header, claims | {"repository_id": "12345"})
        case "no repository":
            return compact(header, {n: v for n, v in claims.items() if n != "repository_id"})
        case "pull request":
            return compact(header, claims | {"event_name": "pull_request_target"})
        case "old":
            return compact(header, claims | {"iat": now - 3661})
        case _:
            return compact(header, {n: v for n, v in claims.items() if n != "jti"})


FORGERIES = (
    "alg none",
    "public key as secret",
    "own key in the header",
    "own key at a URL",
    "another key",
    "another issuer",
    "another audience",
    "two audiences",
    "expired",
    "of tomorrow",
    "access token",
    "critical",
    "another repository",
    "no repository",
    "pull request",
    "old",
    "no jti",
)


def test_no_forgery_gets_a_credential(trust: Trust) -> None:
    answers = {kind: trust.exchange(forged(kind, trust)) for kind in FORGERIES}
    assert {kind: refusal(answer) for kind, answer in answers.items()} == dict.fromkeys(FORGERIES, INVALID)


def test_a_token_is_exchanged_once(trust: Trust) -> None:
    token = trust.token()
    assert trust.exchange(token).status == 200
    assert refusal(trust.exchange(token)) == INVALID


def test_a_rule_may_take_a_token_again(trust: Trust) -> None:
    trust.write(single_use=False)
    token = trust.token()
    assert [trust.exchange(token).status for _ in range(2)] == [200, 200]


def test_a_refused_token_is_not_used_up(trust: Trust) -> None:
    trust.write(claims=[{"path": ["repository_id"], "values": ["9"]}])
    token = trust.token()
    assert refusal(trust.exchange(token)) == INVALID
    trust.write(claims=[{"path": ["repository_id"], "values": ["1234"]}])
    assert trust.exchange(token).status == 200


def test_a_disabled_rule_and_an_unknown_one_are_no_clients(trust: Trust) -> None:
    assert refusal(trust.exchange(trust.token(), client_id="tr-other")) == (401, "invalid_client")
    trust.write(enabled=False)
    assert refusal(trust.exchange(trust.token())) == (401, "invalid_client")


def test_a_deleted_rule_admits_nobody_at_once(trust: Trust) -> None:
    assert trust.stack.admin("catalog_api").delete(f"{RULES}/tr-ci").status == 204
    assert refusal(trust.exchange(trust.token())) == (401, "invalid_client")


MALFORMED = {
    "": "invalid_request",
    "grant_type=password&client_id=a&assertion=b": "unsupported_grant_type",
    f"client_id=a&client_id=b&assertion=b&grant_type={JWT_BEARER}": "invalid_request",
    f"grant_type={JWT_BEARER}&client_id=a": "invalid_request",
    f"grant_type={JWT_BEARER}&client_id=a&assertion=": "invalid_request",
    "%": "invalid_request",
    "{}": "invalid_request",
    "[1]": "invalid_request",
}


def test_malformed_requests_are_refused_as_rfc_6749_says(trust: Trust) -> None:
    answers = {body: refusal(trust.send(body)) for body in MALFORMED}
    assert answers == {body: (400, error) for body, error in MALFORMED.items()}


def test_a_token_over_16_kib_and_a_body_over_18_are_refused(trust: Trust) -> None:
    assert refusal(trust.exchange("a" * 16_385)) == INVALID
    assert refusal(trust.send(urlencode({"assertion": "a" * 18_500}))) == (413, "invalid_request")


def test_the_audience_defaults_to_the_url_of_the_stack(trust: Trust) -> None:
    PublicUrlStore(trust.stack.database).save("https://stack.example")
    trust.write(audience=None)
    assert refusal(trust.exchange(trust.token())) == INVALID
    assert trust.exchange(trust.token(aud="https://stack.example", jti="2")).status == 200


def test_a_rule_admits_600_tokens_a_minute(trust: Trust) -> None:
    trust.stack.clock.time = trust.stack.clock().replace(second=0)
    minute = trust.stack.clock().strftime("%Y-%m-%dT%H:%M")
    trust.stack.database.write(put(StateItem(EXCHANGES, f"tr-ci#{minute}", amount=599)))
    trust.credential(jti="1")
    answer = trust.exchange(trust.token(jti="2"))
    assert refusal(answer) == (429, "temporarily_unavailable")
    assert answer.headers["Retry-After"] == "60"
    trust.stack.clock.advance(timedelta(seconds=60))
    trust.credential(jti="3")


def events(trust: Trust, action: str) -> list[dict[str, Any]]:
    page = trust.stack.admin("insights_api").get(
        "/api/v1/audit", resource_type="trust_rule", resource_id="tr-ci"
    )
    return [event for event in page.body["data"] if event["action"] == action]


def test_an_exchange_is_in_the_trail_with_what_admitted_it(trust: Trust) -> None:
    text = trust.credential(jti="job-7", secret="not compared")
    (event,) = events(trust, "token_exchanged")
    credential = event["details"]["credential"]
    assert (event["actor"], event["actor_type"]) == (trust.account.id, "Service")
    assert credential["claims"] == {"repository_id": ["1234"]}
    assert (credential["jti"], credential["made_by"]) == ("job-7", "tr-ci")
    assert credential["issuer"] == trust.issuer.url
    assert text not in json.dumps(event)
    assert "not compared" not in json.dumps(event)


def test_a_refusal_is_in_the_trail(trust: Trust) -> None:
    trust.exchange(trust.token(repository_id="5"))
    (event,) = events(trust, "token_refused")
    assert event["details"]["fault"] == "rule"


# Records


def test_a_rule_must_pin_what_is_never_given_again(trust: Trust) -> None:
    body = trust.rule | {"claims": [{"path": ["sub"], "values": ["repo:org/app:*"]}]}
    answer = trust.stack.admin("catalog_api").put(f"{RULES}/tr-ci", body)
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "claims")


def test_id_tokens_of_people_are_not_exchanged(trust: Trust) -> None:
    """The tokens' audience is the client that people sign in with."""
    admin = trust.stack.admin("catalog_api")
    provider = {"id": "idp-people", "name": "People", "type": "OIDC", "issuer": trust.issuer.url}
    made = admin.post(PROVIDERS, provider)
    assert made.status == 201, made.text
    pinned = {"claims": [{"path": ["sub"], "values": ["x"]}]}
    rule = trust.rule | {"id": "tr-people", "name": "People", "provider_id": "idp-people"} | pinned
    assert admin.post(RULES, rule).status == 201
    assert trust.exchange(trust.token(sub="x"), client_id="tr-people").status == 200
    sign_in = {"client_id": rule["audience"], "client_secret": "certctl/blue/identity/people"}
    assert admin.put(f"{PROVIDERS}/idp-people", provider | {"sign_in": sign_in}).status == 200
    refused = trust.exchange(trust.token(sub="x", jti="2"), client_id="tr-people")
    assert refusal(refused) == INVALID
    trust.stack.restart()
    answer = trust.stack.admin("catalog_api").put(f"{RULES}/tr-people", rule | {"lifetime_seconds": 60})
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "audience")


def test_a_rule_takes_no_id_tokens_of_people_of_another_record_of_its_issuer(trust: Trust) -> None:
    """Both records have the same signing keys."""
    admin = trust.stack.admin("catalog_api")
    people: dict[str, Any] = {"id": "idp-people", "name": "People", "type": "OIDC"}
    people["issuer"] = trust.issuer.url
    sign_in = {"client_secret": "certctl/blue/identity/people", "enabled": False}
    people["sign_in"] = sign_in | {"client_id": "another"}
    assert admin.post(PROVIDERS, people).status == 201
    assert trust.exchange(trust.token()).status == 200
    people["sign_in"] = sign_in | {"client_id": trust.rule["audience"]}
    assert admin.put(f"{PROVIDERS}/idp-people", people).status == 200
    assert refusal(trust.exchange(trust.token(jti="2"))) == INVALID
    refused = admin.put(f"{RULES}/tr-ci", trust.rule | {"lifetime_seconds": 60})
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "audience")


def test_an_issuer_is_fixed_and_a_used_provider_stays(trust: Trust) -> None:
    admin = trust.stack.admin("catalog_api")
    body = {"name": "CI", "type": "GitHub", "issuer": "https://other.example"}
    assert admin.put(f"{PROVIDERS}/idp-ci", body).status == 422
    assert admin.delete(f"{PROVIDERS}/idp-ci").status == 409


def test_a_provider_with_a_private_key_is_refused(trust: Trust) -> None:
    body = {"name": "K8s", "type": "Kubernetes", "issuer": "https://k.example"}
    private = body | {"jwks": {"keys": [jwk("RSA") | {"d": "AQAB"}]}}
    admin = trust.stack.admin("catalog_api")
    assert admin.post(PROVIDERS, private).status == 422
    made = admin.post(PROVIDERS, body | {"jwks": {"keys": [jwk("P-256", x5c=["c2Vj"])]}})
    assert made.status == 201, made.text
    assert "x5c" not in made.text


def test_grants_of_one_account_do_not_mix(trust: Trust) -> None:
    grants = (Grant(Role.OPERATOR, ("t-a",)), Grant(Role.VIEWER, ("t-b",)))
    account = Subject(trust.account.id, trust.account.kind, trust.account.ulid, grants)
    trust.stack.database.write(SubjectStore(trust.stack.database).put_step(account))
    client = trust.stack.client("catalog_api", trust.credential())
    owner = {"name": "owner", "team_id": "t-b"}
    assert client.post("/api/v1/targets", owner | {"type": "Files", "config": {}}).status == 404


def test_a_token_makes_no_key_that_outlives_it(trust: Trust) -> None:
    client = trust.stack.client("catalog_api", trust.credential())
    answer = client.post("/api/v1/api-keys", {"name": "kept", "role": "operator"})
    for_another = client.post("/api/v1/api-keys", {"name": "kept", "subject_id": trust.account.id})
    assert (answer.status, for_another.status) == (403, 403), answer.text
    assert "makes no keys" in answer.body["detail"]
