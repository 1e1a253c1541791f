"""stacks/dashboard_site.yaml: who may call the API, what it learns about the caller, under which names."""

import json
import subprocess
from fnmatch import fnmatchcase
from typing import Any

import pytest

from certctl.api import edge
from local import settings
from local.stack.template import parse_cloudformation
from tests.support.aws.transformed import dependencies, transformed
from tests.support.functions.functions import all_routes, api_modules
from tests.support.template import ROOT, TEMPLATE, functions, load_template, logical_id, references, variables

# With their conditions: `load_template` has every option taken.
SITE = parse_cloudformation((ROOT / "stacks/dashboard_site.yaml").read_text())
STACK = parse_cloudformation(TEMPLATE.read_text())
RESOURCES = SITE["Resources"]
DISTRIBUTION = RESOURCES["SiteDistribution"]["Properties"]["DistributionConfig"]
API_BEHAVIORS = [b for b in DISTRIBUTION["CacheBehaviors"] if b["TargetOriginId"] == "api"]
STACK_ID = "arn:aws:cloudformation:ap-southeast-2:123456789012:stack/s/1f3c5a7e-1111-4222-8333-944455556666"
# Longest names that CloudFront takes.
NAMES = {
    "SiteOriginAccess": ("OriginAccessControlConfig", 64),
    "PageFunction": (None, 64),
    "ClientFunction": (None, 64),
    "SiteHeaders": ("ResponseHeadersPolicyConfig", 128),
}
_RUN = """
const {code, event} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const context = {event};
process.stdout.write(JSON.stringify(require('vm').runInNewContext(code + '; handler(event)', context)));
"""


def origin_request(function: str, event: dict[str, Any]) -> dict[str, Any]:
    """What CloudFront goes on with: the function's code run by a JavaScript engine."""
    code = RESOURCES[function]["Properties"]["FunctionCode"]
    ran = subprocess.run(
        [settings.TOOLS / "env" / "node" / "bin" / "node", "-e", _RUN],
        input=json.dumps({"code": code, "event": event}),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    request: dict[str, Any] = json.loads(ran.stdout)
    return request


def viewer_event(uri: str, viewer: str = "203.0.113.9", **headers: str) -> dict[str, Any]:
    """Version 1.0 of a viewer request's event."""
    sent = {name.replace("_", "-"): {"value": value} for name, value in headers.items()}
    return {
        "version": "1.0",
        "context": {"eventType": "viewer-request"},
        "viewer": {"ip": viewer},
        "request": {"method": "GET", "uri": uri, "querystring": {}, "headers": sent, "cookies": {}},
    }


def built(value: Any) -> Any:
    """A name with Join, Select, Split and StackId worked out."""
    match value:
        case {"Ref": "AWS::StackId"}:
            return STACK_ID
        case {"Fn::Join": [delimiter, parts]}:
            return delimiter.join(built(part) for part in parts)
        case {"Fn::Select": [index, parts]}:
            return built(parts)[index]
        case {"Fn::Split": [delimiter, text]}:
            return built(text).split(delimiter)
    return value


def name_of(resource: str) -> str:
    properties = RESOURCES[resource]["Properties"]
    within, _ = NAMES[resource]
    name: str = built((properties[within] if within else properties)["Name"])
    return name


@pytest.mark.parametrize("viewer", ["203.0.113.9", "2001:db8::9"])
def test_the_viewer_s_address_replaces_what_the_viewer_says_of_it(viewer: str) -> None:
    event = viewer_event("/api/v1/jobs", viewer, x_certctl_client="192.0.2.1", authorization="Bearer k")
    event["request"]["headers"]["x-certctl-client"]["multiValue"] = [{"value": "192.0.2.1"}, {"value": "::1"}]
    assert origin_request("ClientFunction", event) == {
        **event["request"],
        "headers": {"authorization": {"value": "Bearer k"}, "x-certctl-client": {"value": viewer}},
    }


def test_a_viewer_s_own_origin_header_goes_no_further() -> None:
    event = viewer_event("/api/v1/jobs", x_certctl_origin="guess")
    assert "x-certctl-origin" not in origin_request("ClientFunction", event)["headers"]


@pytest.mark.parametrize("uri", ["/", "/certificates", "/certificates/mc-1", "/a.b/c"])
def test_a_page_is_the_application_itself(uri: str) -> None:
    assert origin_request("PageFunction", viewer_event(uri))["uri"] == "/index.html"


@pytest.mark.parametrize("uri", ["/index.html", "/assets/index-1a2b.js", "/favicon.svg"])
def test_a_file_keeps_its_address(uri: str) -> None:
    assert origin_request("PageFunction", viewer_event(uri))["uri"] == uri


@pytest.mark.parametrize("behavior", API_BEHAVIORS, ids=lambda behavior: behavior["PathPattern"])
def test_no_way_to_the_api_leaves_the_caller_s_address_to_the_caller(behavior: dict[str, Any]) -> None:
    assert behavior["FunctionAssociations"] == [
        {
            "EventType": "viewer-request",
            "FunctionARN": {"Fn::GetAtt": ["ClientFunction", "FunctionMetadata.FunctionARN"]},
        }
    ]
    assert behavior["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert behavior["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"


def test_cloudfront_passes_the_cookie_on_and_keeps_no_response() -> None:
    """Holds the managed policies that the behaviors name, as AWS documents them (Developer Guide, "Use
    managed cache policies" and "Use managed origin request policies")."""
    caching_disabled, all_viewer_except_host = (
        "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",  # no TTL; cookies, headers and queries are in no key
        "b689b0a8-53d0-40ab-baf2-68738e2966ac",  # all cookies, all queries, all headers but Host
    )
    (api,) = [behavior for behavior in API_BEHAVIORS if behavior["PathPattern"] == "/api/*"]
    assert (api["CachePolicyId"], api["OriginRequestPolicyId"]) == (caching_disabled, all_viewer_except_host)
    assert "ResponseHeadersPolicyId" not in api, "a policy could remove Set-Cookie"


def test_every_route_of_the_api_is_reached_by_the_site_s_host_name() -> None:
    patterns = [behavior["PathPattern"] for behavior in API_BEHAVIORS]
    unreached = {r.path for _, r in all_routes() if not any(fnmatchcase(r.path, p) for p in patterns)}
    assert unreached == set()


def test_pages_come_from_the_bucket() -> None:
    assert DISTRIBUTION["DefaultCacheBehavior"]["TargetOriginId"] == "site"


def test_the_secret_goes_to_the_api_alone() -> None:
    api, site = sorted(DISTRIBUTION["Origins"], key=lambda origin: str(origin["Id"]))
    (header,) = api["OriginCustomHeaders"]
    assert header["HeaderName"] == edge.ORIGIN_HEADER
    assert header["HeaderValue"]["Fn::Sub"] == (
        "{{resolve:secretsmanager:${OriginSecretArn}:SecretString:sent::${OriginSecretVersion}}}"
    )
    assert "OriginCustomHeaders" not in site
    assert api["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"


def test_the_headers_have_one_name_everywhere() -> None:
    code = RESOURCES["ClientFunction"]["Properties"]["FunctionCode"]
    for name in (edge.ORIGIN_HEADER, edge.CLIENT_HEADER):
        assert f"headers['{name}']" in code
    assert (settings.ORIGIN_HEADER, settings.CLIENT_HEADER) == (edge.ORIGIN_HEADER, edge.CLIENT_HEADER)


@pytest.mark.parametrize("folder", sorted(functions()))
def test_the_functions_of_the_api_and_no_others_know_the_secret(folder: str) -> None:
    secrets = variables(folder).get("CERTCTL_ORIGIN_SECRETS")
    assert (secrets is not None) == (folder in api_modules())
    assert ("OriginSecret" in references(variables(folder))) == (folder in api_modules())
    if secrets is not None:
        reference = "{{resolve:secretsmanager:${OriginSecret}:SecretString:%s::${OriginSecretVersion}}}"
        assert secrets["Fn::Sub"].split() == [reference % "sent", reference % "also"]
        own = STACK["Resources"][logical_id(folder)]["Properties"]["Environment"]["Variables"]
        assert own["CERTCTL_EDGE_ONLY"] == {"Fn::If": ["HasWebAcl", "1", ""]}


def test_the_secret_is_generated_and_its_placeholder_is_none() -> None:
    generated = load_template()["Resources"]["OriginSecret"]["Properties"]["GenerateSecretString"]
    assert json.loads(generated["SecretStringTemplate"]) == {"also": "none"}
    assert generated["GenerateStringKey"] == "sent"
    assert generated["PasswordLength"] >= 32
    assert generated["ExcludePunctuation"] is True


def test_the_functions_take_a_new_secret_before_cloudfront_sends_it() -> None:
    before = dependencies(transformed())
    earlier, found = {"DashboardSite"}, set[str]()
    while earlier:
        found |= earlier
        earlier = set().union(*(before[name] for name in earlier)) - found
    assert {f"{logical_id(folder)}Aliaslive" for folder in api_modules()} <= found


def test_every_parameter_of_the_site_is_passed_and_used() -> None:
    passed = load_template()["Resources"]["DashboardSite"]["Properties"]["Parameters"]
    assert passed.keys() == SITE["Parameters"].keys()
    assert SITE["Parameters"].keys() <= references([RESOURCES, SITE["Conditions"], SITE["Outputs"]])


def test_the_secret_is_passed_by_its_arn_never_by_its_value() -> None:
    passed = load_template()["Resources"]["DashboardSite"]["Properties"]["Parameters"]
    assert passed["OriginSecretArn"] == {"Ref": "OriginSecret"}
    assert "resolve" not in json.dumps(passed)


@pytest.mark.parametrize("resource", sorted(NAMES))
def test_a_name_in_cloudfront_is_this_stack_s_alone_and_short_enough(resource: str) -> None:
    assert name_of(resource).endswith(STACK_ID.rsplit("/", 1)[1])
    assert len(name_of(resource)) <= NAMES[resource][1]


def test_the_two_functions_have_different_names() -> None:
    assert name_of("PageFunction") != name_of("ClientFunction")


def test_the_own_host_name_has_its_certificate_and_modern_tls() -> None:
    certificate = {
        "AcmCertificateArn": {"Ref": "SiteCertificateArn"},
        "SslSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
    }
    none = {"Ref": "AWS::NoValue"}
    assert DISTRIBUTION["Aliases"] == {"Fn::If": ["HasOwnName", [{"Ref": "SiteHostName"}], none]}
    assert DISTRIBUTION["ViewerCertificate"]["Fn::If"][:2] == ["HasOwnName", certificate]
    assert DISTRIBUTION["ViewerCertificate"]["Fn::If"][2] == {"CloudFrontDefaultCertificate": True}
    assert references(SITE["Conditions"]["HasOwnName"]) == {"SiteHostName", "SiteCertificateArn"}
    assert SITE["Outputs"]["SiteUrl"]["Value"]["Fn::If"][1] == {"Fn::Sub": "https://${SiteHostName}"}


def test_the_web_acl_is_the_distribution_s() -> None:
    assert DISTRIBUTION["WebACLId"] == {
        "Fn::If": ["HasWebAcl", {"Ref": "WebAclArn"}, {"Ref": "AWS::NoValue"}]
    }


def test_the_site_s_bucket_takes_no_plain_http() -> None:
    statements = RESOURCES["SiteBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    (denied,) = [statement for statement in statements if statement["Effect"] == "Deny"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert (denied["Principal"], denied["Action"]) == ("*", "s3:*")
    assert references(denied["Resource"]) == {"SiteBucket"}
    assert len(denied["Resource"]) == 2


def test_no_line_of_the_stack_is_over_140_columns() -> None:
    lines = (ROOT / "stacks/dashboard_site.yaml").read_text().splitlines()
    assert [line for line in lines if len(line) > 140] == []


def test_host_name_and_certificate_are_given_both_or_neither() -> None:
    (assertion,) = load_template()["Rules"]["SiteHostNeedsItsCertificate"]["Assertions"]
    neither, both = assertion["Assert"]["Fn::Or"]
    absent = [{"Fn::Equals": [{"Ref": name}, ""]} for name in ("SiteHostName", "SiteCertificateArn")]
    assert neither == {"Fn::And": absent}
    assert both == {"Fn::And": [{"Fn::Not": [each]} for each in absent]}


def test_the_api_s_url_is_the_site_s_where_that_has_a_name_or_is_the_only_way() -> None:
    either = STACK["Conditions"]["IsReachedBySite"]["Fn::Or"]
    assert either == [{"Condition": "HasSiteHostName"}, {"Condition": "HasWebAcl"}]
    condition, site, gateway = STACK["Outputs"]["ApiUrl"]["Value"]["Fn::If"]
    assert (condition, site) == ("IsReachedBySite", {"Fn::GetAtt": ["DashboardSite", "Outputs.SiteUrl"]})
    assert "execute-api" in gateway["Fn::Sub"]
