"""What generic clients, monitors and proxies expect: HEAD, OPTIONS, codings, links, ids of requests."""

import base64
import gzip
import json

import pytest

from certctl.domain.access.permissions import Role
from tests.support.api.http import Answer
from tests.support.functions.deployed import Deployed

KEYS, TEAMS = "/api/v1/api-keys", "/api/v1/teams"


def a_long_list(stack: Deployed) -> None:
    for number in range(8):
        body = {"name": f"key {number}", "role": Role.VIEWER, "teams": "*"}
        assert stack.admin("catalog_api").post(KEYS, body).status == 201


def asked_for(stack: Deployed, coding: str, **headers: str) -> Answer:
    return stack.admin("catalog_api").send("GET", KEYS, headers={"accept-encoding": coding, **headers})


def test_head_has_the_status_and_headers_of_get_without_a_body(stack: Deployed) -> None:
    for folder, path in (("public_api", "/health"), ("catalog_api", KEYS), ("catalog_api", f"{KEYS}/key-no")):
        got, headed = (stack.admin(folder).send(method, path) for method in ("GET", "HEAD"))
        assert (headed.status, headed.text) == (got.status, "")
        assert headed.headers.get("ETag") == got.headers.get("ETag")
        assert headed.headers["Content-Type"] == got.headers["Content-Type"]


def test_head_is_not_for_what_only_takes_post(stack: Deployed) -> None:
    answer = stack.admin("catalog_api").send("HEAD", "/api/v1/issuers/iss-1/test")
    assert (answer.status, answer.headers["Allow"], answer.text) == (405, "POST", "")


def test_options_lists_the_methods_and_lets_no_other_origin_in(stack: Deployed) -> None:
    preflight = {"origin": "https://evil.example", "access-control-request-method": "GET"}
    answer = stack.client("catalog_api").send("OPTIONS", KEYS, headers=preflight)
    assert (answer.status, answer.text) == (204, "")
    assert answer.headers["Allow"] == "GET, HEAD, POST"
    assert [name for name in answer.headers if name.lower().startswith("access-control")] == []
    assert stack.client("catalog_api").send("OPTIONS", f"{KEYS}/a/b/c").status == 404


@pytest.mark.parametrize("odd", ["a?b", "a#b", "a\tb", "é?"])
def test_an_id_that_no_record_can_have_is_404(stack: Deployed, odd: str) -> None:
    """API Gateway hands over the path decoded: `a%3Fb` arrives as `a?b`."""
    answer = stack.admin("catalog_api").get(f"{TEAMS}/{odd}")
    assert (answer.status, answer.body["type"]) == (404, "urn:certctl:problem:not-found")


@pytest.mark.parametrize("coding", ["gzip", "br, GZIP;q=0.5", "deflate,gzip"])
def test_a_long_response_is_compressed_for_who_takes_it(stack: Deployed, coding: str) -> None:
    a_long_list(stack)
    plain, coded = asked_for(stack, "identity"), asked_for(stack, coding)
    assert coded.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(base64.b64decode(coded.text))) == plain.body
    assert "Content-Encoding" not in plain.headers
    assert {plain.headers["Vary"], coded.headers["Vary"]} == {"Authorization, Cookie, Accept-Encoding"}


@pytest.mark.parametrize("coding", ["", "identity", "gzip;q=0", "gzip; q=0.000", "br"])
def test_nobody_gets_a_coding_that_was_not_asked_for(stack: Deployed, coding: str) -> None:
    a_long_list(stack)
    assert "Content-Encoding" not in asked_for(stack, coding).headers


def test_a_compressed_response_has_a_tag_of_its_own_that_is_still_known(stack: Deployed) -> None:
    a_long_list(stack)
    tag = asked_for(stack, "gzip").headers["ETag"]
    assert tag != asked_for(stack, "identity").headers["ETag"]
    again = asked_for(stack, "gzip", **{"if-none-match": tag})
    assert (again.status, again.headers["ETag"], again.text) == (304, tag, "")


def test_what_shows_a_new_secret_is_never_compressed(stack: Deployed) -> None:
    body = {"name": "n" * 100, "role": Role.VIEWER, "teams": [f"t-{n:060}" for n in range(40)]}
    for team in body["teams"]:
        made = stack.admin("catalog_api").post(TEAMS, {"id": team, "name": team})
        assert made.status == 201, made.text
    raw = json.dumps(body)
    answer = stack.admin("catalog_api").send("POST", KEYS, raw, headers={"accept-encoding": "gzip"})
    assert (answer.status, len(answer.text) > 1024) == (201, True), answer.text
    assert "Content-Encoding" not in answer.headers


def test_a_page_links_to_the_next_one_with_the_same_filters(stack: Deployed) -> None:
    a_long_list(stack)
    admin = stack.admin("catalog_api")
    page = admin.get(KEYS, per_page="5")
    link, _, relation = page.headers["Link"].partition("; ")
    assert relation == 'rel="next"'
    path, _, query = link.strip("<>").partition("?")
    assert (path, query) == (KEYS, f"per_page=5&cursor={page.body['next_cursor']}")
    assert "Link" not in admin.get(KEYS, per_page="5", cursor=page.body["next_cursor"]).headers


@pytest.mark.parametrize("given", ["req-7", "0af7651916cd43dd8448eb211c80319c", "a" * 128])
def test_the_callers_request_id_is_echoed_and_logged_beside_the_gateways(
    stack: Deployed, given: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = stack.admin("catalog_api").send("GET", f"{KEYS}/key-no", headers={"x-request-id": given})
    assert answer.headers["X-Request-ID"] == given
    assert answer.body["request_id"] != given
    (line,) = [vars(record) for record in caplog.records if record.message == "request"]
    assert (line["callers_request_id"], line["request_id"]) == (given, answer.body["request_id"])


@pytest.mark.parametrize("given", ["", "a b", "a" * 129, "ü", "a\r\nSet-Cookie: b"])
def test_what_is_no_request_id_is_ignored(stack: Deployed, given: str) -> None:
    answer = stack.admin("catalog_api").send("GET", f"{KEYS}/key-no", headers={"x-request-id": given})
    assert answer.headers["X-Request-ID"] == answer.body["request_id"]
