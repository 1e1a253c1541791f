"""stacks/ocsp_edge.yaml, and OCSP on the PKI host: one form of each request, one key of the cache."""

import base64
import json
import subprocess
from typing import Any

import pytest

from certctl.api.status.ocsp_messages import request_in_path
from certctl.crypto.status.ocsp_responses import OcspError, error_response
from local import settings
from tests.support.template import ROOT, load_template

_EDGE = load_template(ROOT / "stacks/ocsp_edge.yaml")["Resources"]
_FILE = ROOT / "tests/support/status/ocsp_paths.json"
_PATHS: list[dict[str, Any]] = json.loads(_FILE.read_text())["paths"]
_RUN = """
const {code, events} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const run = (event) => require('vm').runInNewContext(code + '; handler(event)', {event});
process.stdout.write(JSON.stringify(events.map(run)));
"""


def at_edge(*requests: dict[str, Any]) -> list[dict[str, Any]]:
    """What CloudFront goes on with, or answers: the function's code run by a JavaScript engine."""
    code = _EDGE["RequestFunction"]["Properties"]["FunctionCode"]
    events = [{"version": "1.0", "request": {"headers": {}} | request} for request in requests]
    ran = subprocess.run(
        [settings.TOOLS / "env" / "node" / "bin" / "node", "-e", _RUN],
        input=json.dumps({"code": code, "events": events}),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    made: list[dict[str, Any]] = json.loads(ran.stdout)
    return made


@pytest.fixture(scope="module")
def rewritten() -> dict[str, dict[str, Any]]:
    """The rewritten requests by path, all in one run of the engine."""
    gets = [{"method": "GET", "uri": each["path"], "querystring": {"a": {"value": "1"}}} for each in _PATHS]
    return {each["path"]: made for each, made in zip(_PATHS, at_edge(*gets), strict=True)}


@pytest.mark.parametrize("vector", _PATHS, ids=lambda vector: vector["name"])
def test_the_edge_and_the_function_take_the_same_requests(
    rewritten: dict[str, dict[str, Any]], vector: dict[str, Any]
) -> None:
    made, der = rewritten[vector["path"]], base64.b64decode(vector["der"] or "")
    assert request_in_path(vector["path"]) == der
    if vector["der"]:
        assert (made["uri"], made["querystring"]) == (vector["edge"], {})
        assert request_in_path(made["uri"]) == der
    else:
        assert base64.b64decode(made["body"]["data"]) == error_response(OcspError.MALFORMED_REQUEST)
        assert made["headers"]["content-type"]["value"] == "application/ocsp-response"
        assert made["headers"]["cache-control"]["value"] == "no-store"


def test_over_2048_characters_are_malformed_at_both() -> None:
    longest, longer = f"/ocsp/ca-1/{'M' * 2048}", f"/ocsp/ca-1/{'M' * 2052}"
    taken, refused = at_edge({"method": "GET", "uri": longest}, {"method": "GET", "uri": longer})
    assert taken["uri"] == longest
    assert len(request_in_path(longest)) == 1536
    assert refused["statusCode"] == 200
    assert request_in_path(longer) == b""


def test_a_post_is_sent_on_as_a_request_of_ocsp_so_that_api_gateway_passes_bytes() -> None:
    sent = {"method": "POST", "uri": "/ocsp/ca-1", "headers": {"content-type": {"value": "text/plain"}}}
    (made,) = at_edge(sent)
    assert made["headers"]["content-type"]["value"] == "application/ocsp-request"
    assert made["uri"] == "/ocsp/ca-1"


def test_the_code_fits_into_a_function_of_cloudfront() -> None:
    assert len(_EDGE["RequestFunction"]["Properties"]["FunctionCode"].encode()) < 10 * 1024


def test_the_cache_keeps_by_path_alone_what_the_answer_allows() -> None:
    policy = _EDGE["Caching"]["Properties"]["CachePolicyConfig"]
    assert (policy["MinTTL"], policy["DefaultTTL"], policy["MaxTTL"]) == (0, 0, 60)
    key = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    assert {name: value for name, value in key.items() if name != "EnableAcceptEncodingGzip"} == {
        "CookiesConfig": {"CookieBehavior": "none"},
        "HeadersConfig": {"HeaderBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "none"},
    }


def test_the_pki_host_takes_ocsp_over_plain_http_and_asks_its_own_api_over_https() -> None:
    distribution = load_template()["Resources"]["PkiDistribution"]["Properties"]["DistributionConfig"]
    (behavior,) = distribution["CacheBehaviors"]
    (origin,) = [each for each in distribution["Origins"] if each["Id"] == behavior["TargetOriginId"]]
    assert (behavior["PathPattern"], behavior["ViewerProtocolPolicy"]) == ("/ocsp/*", "allow-all")
    assert {"GET", "POST"} <= set(behavior["AllowedMethods"])
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert "OcspApi" in json.dumps(origin["DomainName"])
