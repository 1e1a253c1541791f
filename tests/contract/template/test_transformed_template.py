"""What CloudFormation would refuse, or do otherwise than meant, in template.yaml after the SAM transform.

The emulator is kinder than AWS in each of these, so nothing but this holds them.
"""

import json
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any

import pytest

from certctl.api.identity import throttle
from local.stack.release import UNSTAMPED
from local.stack.release import stamped as stamped_file
from tests.support.aws.transformed import dependencies, resources, stamped, transformed
from tests.support.functions.functions import all_routes
from tests.support.template import ROOT, actions, load_template, references

TEMPLATE = transformed()
STACKS = sorted((ROOT / "stacks").glob("*.yaml"))
API_FUNCTIONS = sorted(
    name for name in resources(TEMPLATE, "AWS::Lambda::Function") if name.endswith("ApiFunction")
)
STATEFUL = {
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::CloudFront::Distribution",
    "AWS::CloudFront::OriginAccessControl",
}


def _versions(template: dict[str, Any]) -> set[str]:
    return set(resources(template, "AWS::Lambda::Version"))


def _own_queue_consumers() -> Iterator[str]:
    """Functions that may send to the queue which invokes them."""
    functions = resources(TEMPLATE, "AWS::Lambda::Function")
    for mapping in resources(TEMPLATE, "AWS::Lambda::EventSourceMapping").values():
        (function,) = _functions_of(mapping["Properties"]["FunctionName"])
        (queue,) = references(mapping["Properties"]["EventSourceArn"])
        if queue in references(functions[function]["Properties"]["Environment"]):
            yield function


def _functions_of(value: Any) -> set[str]:
    return {name.removesuffix("Aliaslive") for name in references(value)}


def test_it_is_within_cloudformation_s_limits() -> None:
    assert len(TEMPLATE["Resources"]) <= 500
    assert len(TEMPLATE["Parameters"]) <= 200
    assert len(json.dumps(TEMPLATE)) <= 1024 * 1024


def test_no_resource_waits_for_itself() -> None:
    order = list(TopologicalSorter(dependencies(TEMPLATE)).static_order())
    assert len(order) == len(TEMPLATE["Resources"])


@pytest.mark.parametrize("kind", ["AWS::Scheduler::Schedule", "AWS::Events::Rule", "AWS::SQS::Queue"])
def test_a_name_that_is_unique_in_the_account_holds_the_stack_s(kind: str) -> None:
    """Else a second stack in the account ends with "already exists"."""
    named = [
        r["Properties"].get("Name") or r["Properties"].get("QueueName")
        for r in resources(TEMPLATE, kind).values()
    ]
    assert [name for name in named if name and "AWS::Stack" not in json.dumps(name)] == []


def test_a_worker_that_nudges_itself_is_not_stopped_as_a_loop() -> None:
    """Lambda ends a chain of more than 16 invocations by one event, unless RecursiveLoop says otherwise:
    docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"""
    functions = resources(TEMPLATE, "AWS::Lambda::Function")
    allowed = {name for name, f in functions.items() if f["Properties"].get("RecursiveLoop") == "Allow"}
    assert allowed == set(_own_queue_consumers())
    assert len(allowed) == 5


def test_no_queue_may_take_all_of_the_account_s_concurrency() -> None:
    mappings = resources(TEMPLATE, "AWS::Lambda::EventSourceMapping")
    assert len(mappings) == 6
    assert all("MaximumConcurrency" in m["Properties"]["ScalingConfig"] for m in mappings.values())
    assert TEMPLATE["Parameters"]["WorkerConcurrency"]["MinValue"] == 2  # the least that Lambda takes


def test_concurrency_is_reserved_for_ocsp_only_where_a_parameter_says_so() -> None:
    functions = resources(TEMPLATE, "AWS::Lambda::Function").values()
    reserved = [p for f in functions if (p := f["Properties"].get("ReservedConcurrentExecutions"))]
    wanted = {"Ref": "OcspConcurrency"}
    assert reserved == [{"Fn::If": ["HasOcspConcurrency", wanted, {"Ref": "AWS::NoValue"}]}]
    assert TEMPLATE["Conditions"]["HasOcspConcurrency"] == {"Fn::Not": [{"Fn::Equals": [wanted, 0]}]}
    assert TEMPLATE["Parameters"]["OcspConcurrency"]["Default"] == 0


def test_four_publishers_at_most_make_crls_after_nudges() -> None:
    """2 to 1,000 are allowed: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
    aws-properties-lambda-eventsourcemapping-scalingconfig.html"""
    mapping = resources(TEMPLATE, "AWS::Lambda::EventSourceMapping")["CrlPublisherNudges"]["Properties"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 4}
    assert mapping["MaximumBatchingWindowInSeconds"] == 5


def test_everything_that_calls_a_function_calls_its_alias() -> None:
    mappings = resources(TEMPLATE, "AWS::Lambda::EventSourceMapping").values()
    schedules = resources(TEMPLATE, "AWS::Scheduler::Schedule").values()
    called = [
        *(mapping["Properties"]["FunctionName"] for mapping in mappings),
        *(schedule["Properties"]["Target"]["Arn"] for schedule in schedules),
        *_integrations(),
    ]
    named = {name for value in called for name in references(value) if "Function" in name}
    assert {name for name in named if not name.endswith("Aliaslive")} == set()
    aliases = resources(TEMPLATE, "AWS::Lambda::Alias")
    assert len(aliases) == len(resources(TEMPLATE, "AWS::Lambda::Function"))


def _integrations() -> list[Any]:
    apis = (api["Properties"]["Body"] for api in resources(TEMPLATE, "AWS::ApiGatewayV2::Api").values())
    paths = [_unconditional(path) for api in apis for path in api["paths"].values()]
    operations = [_unconditional(operation) for path in paths for operation in path.values()]
    return [operation["x-amazon-apigateway-integration"]["uri"] for operation in operations]


def _unconditional(value: dict[str, Any]) -> dict[str, Any]:
    """The value that a path or operation has if the condition of its function holds."""
    chosen: dict[str, Any] = value["Fn::If"][1] if "Fn::If" in value else value
    return chosen


def _settings_of_routes() -> dict[str, dict[str, int]]:
    stage = resources(TEMPLATE, "AWS::ApiGatewayV2::Stage")["HttpApiApiGatewayDefaultStage"]
    settings: dict[str, dict[str, int]] = stage["Properties"]["RouteSettings"]
    return settings


def test_what_takes_a_body_without_an_api_key_cannot_use_up_the_stage() -> None:
    open_writes = {
        f"{r.method} {r.path}" for _, r in all_routes() if r.permission is None and r.method != "GET"
    }
    assert open_writes <= _settings_of_routes().keys()
    rate, burst = (TEMPLATE["Parameters"][name]["Default"] for name in ("ThrottleRate", "ThrottleBurst"))
    for route, limits in _settings_of_routes().items():
        share = 2 if "/auth/" in route else 10  # the function counts those by address
        assert limits["ThrottlingRateLimit"] <= rate / share
        assert limits["ThrottlingBurstLimit"] <= burst / min(share, 4)


def test_one_address_leaves_room_in_the_throttles_of_all() -> None:
    """In two processes at once."""
    for route, limits in _settings_of_routes().items():
        if "/auth/" in route:
            assert limits["ThrottlingRateLimit"] >= 5 * 2 * throttle.PER_SECOND, route
            assert limits["ThrottlingBurstLimit"] >= 2 * throttle.BURST, route


def test_a_limit_is_of_a_route_that_the_api_has() -> None:
    """API Gateway refuses a stage with settings of an unknown route."""
    paths = TEMPLATE["Resources"]["HttpApi"]["Properties"]["Body"]["paths"]
    for key in _settings_of_routes():
        method, path = key.split(" ")
        assert method.lower() in paths[path]


def test_every_event_source_may_invoke_what_it_calls() -> None:
    permissions = resources(TEMPLATE, "AWS::Lambda::Permission").values()
    invocable = {name for p in permissions for name in references(p["Properties"]["FunctionName"])}
    called = {name for uri in _integrations() for name in references(uri) if name.endswith("Aliaslive")}
    assert called <= invocable
    for schedule in resources(TEMPLATE, "AWS::Scheduler::Schedule").values():
        (role,) = references(schedule["Properties"]["Target"]["RoleArn"])
        policy = TEMPLATE["Resources"][role]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][0]
        assert policy["Action"] == "lambda:InvokeFunction"
        assert references(policy["Resource"]) == references(schedule["Properties"]["Target"]["Arn"])


@pytest.mark.parametrize("function", API_FUNCTIONS)
def test_the_permissions_of_a_function_fit_into_its_policy(function: str) -> None:
    """A function's resource policy has at most 20 KB. A statement for one route takes 505 bytes at most: 195
    of JSON, 100 of its id, 127 of the alias's ARN, 83 of the route's."""
    permissions = resources(TEMPLATE, "AWS::Lambda::Permission").values()
    own = [p for p in permissions if function in _functions_of(p["Properties"]["FunctionName"])]
    assert 0 < 540 * len(own) < 20_480


def test_another_value_of_a_parameter_publishes_a_version_of_every_function() -> None:
    """The alias would go on at a version with the former value: only the stamp tells them apart."""
    before, after = stamped(LogLevel="INFO"), stamped(LogLevel="DEBUG")
    assert _versions(before) & _versions(after) == set()
    assert _versions(transformed(LogLevel="INFO")) == _versions(transformed(LogLevel="DEBUG"))


def test_another_layer_publishes_a_version_of_every_function() -> None:
    assert _versions(transformed(layer="")) & _versions(transformed(layer="-2")) == set()


def test_the_same_values_publish_nothing() -> None:
    assert _versions(stamped(LogLevel="INFO")) == _versions(stamped(LogLevel="INFO"))


def test_the_built_template_has_a_place_for_the_stamp_in_the_functions_and_in_their_alarm(
    tmp_path: Any,
) -> None:
    built = tmp_path / "template.yaml"
    built.write_text(f"CERTCTL_RELEASE{UNSTAMPED}\nRelease{UNSTAMPED}\n")
    text = stamped_file(built, {"LogLevel": "DEBUG"}).read_text()
    (named,) = set(re.findall(r': "([0-9a-f]{12})"', text))
    assert text == f'CERTCTL_RELEASE: "{named}"\nRelease: "{named}"\n'
    built.write_text(f"CERTCTL_RELEASE{UNSTAMPED}\n")
    with pytest.raises(ValueError, match="has not 2 times"):
        stamped_file(built, {})


def test_the_source_has_the_places_for_the_stamp() -> None:
    assert TEMPLATE["Resources"]["CanaryAlarm"]["Properties"]["Parameters"]["Release"] == "unstamped"
    variables = [
        f["Properties"]["Environment"] for f in resources(TEMPLATE, "AWS::Lambda::Function").values()
    ]
    assert {each["Variables"]["CERTCTL_RELEASE"] for each in variables} == {"unstamped"}


def test_a_new_version_of_the_api_takes_a_tenth_of_the_requests_first_and_goes_back_on_an_alarm() -> None:
    groups = resources(TEMPLATE, "AWS::CodeDeploy::DeploymentGroup")
    assert sorted(name.removesuffix("DeploymentGroup") for name in groups) == API_FUNCTIONS
    for group in groups.values():
        assert group["Properties"]["DeploymentConfigName"] == {
            "Fn::Sub": ["CodeDeployDefault.Lambda${ConfigName}", {"ConfigName": "Canary10Percent5Minutes"}]
        }
        alarms = group["Properties"]["AlarmConfiguration"]["Alarms"]
        assert [each["Name"]["Fn::GetAtt"] for each in alarms] == [
            ["CanaryAlarm", "Outputs.NewVersionErrorsName"],
            ["CanaryAlarm", "Outputs.ApiFunctionErrorsName"],
        ]
    assert resources(transformed(CanaryDeployments="false"), "AWS::CodeDeploy::DeploymentGroup") == {}


def test_the_alarm_of_a_new_version_is_of_its_release_alone_and_not_yet_raised() -> None:
    """The name makes it a new alarm: the state of the previous release's would go on for a minute, and
    CodeDeploy stops a deployment whose alarm is raised."""
    alarm = _canary_resource("NewVersionErrors")["Properties"]
    assert "Release" in references(alarm["AlarmName"])
    dimensions = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
    assert dimensions == {"service": "api", "stack": {"Ref": "StackLabel"}, "release": {"Ref": "Release"}}
    assert "Release" not in references(_canary_resource("ApiFunctionErrors")["Properties"])


@pytest.mark.parametrize("name", ["NewVersionErrors", "ApiFunctionErrors"])
def test_an_error_in_one_minute_stops_no_deployment(name: str) -> None:
    alarm = _canary_resource(name)["Properties"]
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (60, 3, 2)
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert alarm["TreatMissingData"] == "notBreaching"


def test_a_crash_is_counted_in_the_access_log_by_fields_that_it_has() -> None:
    counted = _canary_resource("FunctionFailures")["Properties"]
    read = re.findall(r"\$\.(\w+)", counted["FilterPattern"])
    stage = resources(TEMPLATE, "AWS::ApiGatewayV2::Stage")["HttpApiApiGatewayDefaultStage"]["Properties"]
    logged = json.loads(stage["AccessLogSettings"]["Format"])
    assert {name: logged[name] for name in read} == {
        "status": "$context.status",
        "error": "$context.integrationErrorMessage",
    }
    assert set(re.findall(r'\$\.status = "(\d+)"', counted["FilterPattern"])) == {"500", "502"}
    passed = TEMPLATE["Resources"]["CanaryAlarm"]["Properties"]["Parameters"]
    assert passed["AccessLogGroupName"] == {"Ref": "HttpApiLogGroup"}
    assert references(stage["AccessLogSettings"]["DestinationArn"]) == {"HttpApiLogGroup"}
    (sent,) = counted["MetricTransformations"]
    alarm = _canary_resource("ApiFunctionErrors")["Properties"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (sent["MetricNamespace"], sent["MetricName"])


def _canary_resource(name: str) -> dict[str, Any]:
    found: dict[str, Any] = load_template(ROOT / "stacks/canary_alarm.yaml")["Resources"][name]
    return found


def test_initialization_comes_last() -> None:
    """A first deploy that fails before it has signed and published nothing, so it rolls back and can be
    repeated under its name."""
    first = {
        name
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"]
        in (
            "AWS::CloudFormation::Stack",
            "AWS::Lambda::EventSourceMapping",
            "AWS::Scheduler::Schedule",
            "AWS::ApiGatewayV2::Stage",
            "AWS::S3::BucketPolicy",
            "AWS::CloudFront::Distribution",
        )
    }
    before = _all_before("Initialization")
    # made under a condition that has nothing to do with what is initialized, or waited for through another
    options = {"HasInventory", "HasAcmeServer"}
    optional = {name for name in first if TEMPLATE["Resources"][name].get("Condition") in options}
    apart = {"CanaryAlarm", "AuditBucketPolicy", "Backup", "PrivateCa"} | optional
    assert optional
    assert first - before == apart - before
    assert not any("Initialization" in names for names in dependencies(TEMPLATE).values())


def _all_before(name: str) -> set[str]:
    graph = dependencies(TEMPLATE)
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for each in graph[waiting.pop()] - found:
            found.add(each)
            waiting.append(each)
    return found


def test_what_holds_state_outlives_the_stack_but_not_a_first_deploy_that_failed() -> None:
    kept = {
        name: (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] in STATEFUL
    }
    assert set(kept.values()) == {("RetainExceptOnCreate", "Retain")}


@pytest.mark.parametrize("path", [ROOT / "template.yaml", *STACKS], ids=lambda path: path.name)
def test_no_arn_names_its_partition(path: Any) -> None:
    assert "arn:aws:" not in path.read_text()


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_nested_stacks_fit_on_a_screen_too(path: Any) -> None:
    assert [number for number, line in enumerate(path.read_text().splitlines(), 1) if len(line) > 140] == []


def test_mail_by_ses_may_be_sent_as_the_raw_message_that_it_is() -> None:
    """SES authorizes raw content of SendEmail as ses:SendRawEmail."""
    for folder in ("notification_worker", "retry_sweep_schedule"):
        assert {"ses:SendEmail", "ses:SendRawEmail"} <= actions(folder)


def test_a_host_name_of_one_s_own_needs_its_certificate() -> None:
    rules = load_template()["Rules"]
    asserted = json.dumps(rules)
    for host, certificate in (("PkiHostName", "PkiCertificateArn"), ("SiteHostName", "SiteCertificateArn")):
        assert asserted.count(f'"{host}"') == asserted.count(f'"{certificate}"') == 2


def test_no_parameter_opens_what_is_local_in_an_account_of_aws() -> None:
    assert TEMPLATE["Conditions"]["IsLocal"] == {
        "Fn::And": [
            {"Fn::Equals": [{"Ref": "LocalMode"}, "1"]},
            {"Fn::Equals": [{"Ref": "AWS::AccountId"}, "000000000000"]},
        ]
    }
    used = json.dumps(TEMPLATE["Resources"]) + json.dumps(TEMPLATE["Outputs"])
    assert '{"Ref": "LocalMode"}' not in used


@pytest.mark.parametrize(
    "function",
    [
        "NotificationsApiFunction",
        "NotificationWorkerFunction",
        "RetrySweepScheduleFunction",
        "ExternalIssuerWorkerFunction",
    ],
)
def test_the_functions_that_call_out_can_be_put_into_a_vpc(function: str) -> None:
    config = TEMPLATE["Resources"][function]["Properties"]["VpcConfig"]
    assert config["Fn::If"][0] == "HasVpc"
    role = TEMPLATE["Resources"][f"{function}Role"]["Properties"]["ManagedPolicyArns"]
    assert "AWSLambdaVPCAccessExecutionRole" in json.dumps(role)


def test_every_parameter_stands_in_a_group_of_the_console() -> None:
    groups = load_template()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    assert sorted(grouped) == sorted(load_template()["Parameters"])


def test_logs_of_the_platform_are_warnings_only_and_none_of_the_functions_lines_is_filtered() -> None:
    """Lambda takes a line without a level, such as one of metrics, for INFO."""
    for function in resources(TEMPLATE, "AWS::Lambda::Function").values():
        config = function["Properties"]["LoggingConfig"]
        assert (config["LogFormat"], config["SystemLogLevel"]) == ("JSON", "WARN")
        assert config["ApplicationLogLevel"] == "DEBUG"
