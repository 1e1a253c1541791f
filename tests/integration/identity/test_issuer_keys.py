"""Keys of issuers, read over real HTTP: how often, for how long, and what is never read."""

from datetime import timedelta

import pytest

from tests.support.client.server import Reply, json_reply
from tests.support.functions.deployed import Deployed
from tests.support.identity.issuers import jwk
from tests.support.identity.trust import PROVIDERS, Trust, refusal

INVALID = (400, "invalid_grant")


def test_keys_are_read_once_and_kept_for_all_processes(trust: Trust) -> None:
    for number in range(3):
        trust.credential(jti=str(number))
        trust.stack.restart()
    assert trust.issuer.fetches == 1


def test_an_unknown_kid_makes_one_read_a_minute(trust: Trust) -> None:
    trust.credential()
    trust.stack.clock.advance(timedelta(seconds=61))
    for number in range(3):
        token = trust.issuer.token(
            trust.stack.clock(), {"kid": f"k{number + 5}"}, repository_id="1234", jti=str(number)
        )
        assert refusal(trust.exchange(token)) == INVALID
    assert trust.issuer.fetches == 2


def test_a_new_key_of_the_issuer_is_found(trust: Trust) -> None:
    trust.credential()
    trust.stack.clock.advance(timedelta(seconds=61))
    trust.issuer.published.keys = [jwk("RSA-other", kid="k2")]
    trust.issuer.kind = "RSA-other"
    new = trust.issuer.token(trust.stack.clock(), {"kid": "k2"}, repository_id="1234", jti="new")
    assert trust.exchange(new).status == 200


def test_a_withdrawn_key_is_refused_within_an_hour(trust: Trust) -> None:
    trust.credential()
    trust.issuer.published.keys = [jwk("RSA-other", kid="k2")]
    trust.stack.clock.advance(timedelta(hours=1))
    assert refusal(trust.exchange(trust.token(jti="2"))) == INVALID


def test_keys_outlast_an_outage_of_the_issuer_for_a_day(trust: Trust) -> None:
    trust.credential()
    trust.issuer.published.discovery = Reply(500)
    trust.stack.clock.advance(timedelta(hours=23))
    trust.credential(jti="2")
    trust.stack.clock.advance(timedelta(hours=1))
    answer = trust.exchange(trust.token(jti="3"))
    assert refusal(answer) == (503, "temporarily_unavailable")
    assert "Retry-After" in answer.headers
    trust.issuer.published.discovery = None
    trust.stack.clock.advance(timedelta(seconds=61))
    trust.credential(jti="4")


BAD_KEY_SETS = {
    "a redirect": Reply(302, b"", {"Location": "/keys"}),
    "404": Reply(404),
    "51 keys": json_reply({"keys": [jwk("RSA", kid=f"k{n}") for n in range(51)]}),
    "over 256 KiB": Reply(200, b'{"keys":[' + b" " * (256 * 1024) + b"]}"),
    "no JSON": Reply(200, b"<html>"),
    "a symmetric key": json_reply({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "k1"}]}),
}
_ELSEWHERE = {"jwks_uri": "http://127.0.0.1:1/keys"}
BAD_DOCUMENTS = {
    "another issuer": json_reply({"issuer": "https://other.example"} | _ELSEWHERE),
    "no issuer": json_reply(_ELSEWHERE),
    "a redirect": Reply(301, b"", {"Location": "/"}),
}
FORBIDDEN = ("http://169.254.169.254/keys", "http://10.0.0.1/keys", "file:///etc/passwd", "http://[::1]/k")
OUTAGE = (503, "temporarily_unavailable")


def outage(trust: Trust) -> tuple[int, str]:
    """An exchange when the next read is due."""
    trust.stack.clock.advance(timedelta(seconds=61))
    return refusal(trust.exchange(trust.token()))


def test_a_bad_key_set_is_an_outage(trust: Trust) -> None:
    for name, reply in BAD_KEY_SETS.items():
        trust.issuer.published.reply = reply
        assert outage(trust) == OUTAGE, name
    assert trust.issuer.fetches == len(BAD_KEY_SETS)


def test_a_bad_discovery_document_is_an_outage(trust: Trust) -> None:
    for name, reply in BAD_DOCUMENTS.items():
        trust.issuer.published.discovery = reply
        assert outage(trust) == OUTAGE, name
    assert trust.issuer.fetches == 0


def test_a_key_set_at_an_internal_address_is_never_read(trust: Trust) -> None:
    for url in FORBIDDEN:
        trust.issuer.published.discovery = json_reply({"issuer": trust.issuer.url, "jwks_uri": url})
        assert outage(trust) == OUTAGE, url


def test_a_deployed_stack_calls_no_issuer_on_loopback(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CERTCTL_LOCAL")
    assert refusal(trust.exchange(trust.token())) == (503, "temporarily_unavailable")
    assert not trust.issuer.server.asked


def test_pinned_keys_are_used_without_a_call(stack: Deployed, trust: Trust) -> None:
    body = {"name": "CI", "type": "GitHub", "issuer": trust.issuer.url, "jwks": {"keys": [jwk("RSA")]}}
    assert stack.admin("catalog_api").put(f"{PROVIDERS}/idp-ci", body).status == 200
    trust.credential()
    assert not trust.issuer.server.asked
    unknown = trust.issuer.token(stack.clock(), {"kid": "k2"}, repository_id="1234")
    assert refusal(trust.exchange(unknown)) == INVALID
