"""Every function of template.yaml against the rules of ADR 2."""

import ast
import re

import pytest

from certctl import config
from tests.support.template import (
    ROOT,
    TEMPLATE,
    as_list,
    functions,
    load_template,
    logical_id,
    references,
    resources_of_type,
    statements,
    table_definitions,
    variables,
)

FOLDERS = sorted(functions())
API_FUNCTIONS = [folder for folder in FOLDERS if folder.endswith("_api")]
KNOWS_THE_PKI_HOST = {"signing_worker", "crl_publisher", "stack_admin"}
# Set by Lambda itself or by Powertools' conventions, so not in the template.
FROM_THE_RUNTIME = {"AWS_REGION", "AWS_LAMBDA_FUNCTION_NAME"}


def _config_source() -> str:
    return (ROOT / "layers/certctl/certctl/config.py").read_text()


def _variables_read() -> set[str]:
    """Names in config.py; one that ends with an underscore is completed at run time."""
    texts = [node.value for node in ast.walk(ast.parse(_config_source())) if isinstance(node, ast.Constant)]
    return {t for t in texts if isinstance(t, str) and re.fullmatch(r"[A-Z]+(_[A-Z]+)+_?", t)}


def _declared_anywhere() -> set[str]:
    return {name for folder in FOLDERS for name in variables(folder)}


def test_each_function_folder_is_one_function_of_the_template_and_the_other_way_round() -> None:
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert set(functions()) == folders
    assert len(folders) >= 8


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_function_is_named_after_its_folder(folder: str) -> None:
    assert logical_id(folder) in load_template()["Resources"]
    assert variables(folder)["POWERTOOLS_SERVICE_NAME"] == folder


@pytest.mark.parametrize("variable", sorted(_variables_read() - FROM_THE_RUNTIME))
def test_each_variable_that_config_reads_is_set_by_the_template(variable: str) -> None:
    declared = _declared_anywhere()
    if variable.endswith("_"):
        assert [name for name in declared if name.startswith(variable)]
    else:
        assert variable in declared


def test_each_table_s_name_is_passed_to_every_function() -> None:
    tables = {definition["TableName"] for definition in table_definitions()}
    assert set(config.TABLES) == tables
    shared = load_template()["Globals"]["Function"]["Environment"]["Variables"]
    named = {n: value["Ref"] for n, value in shared.items() if n.startswith("CERTCTL_TABLE_")}
    assert named == {f"CERTCTL_TABLE_{table.upper()}": f"{table.capitalize()}Table" for table in tables}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_function_has_the_url_of_exactly_the_queues_that_it_may_send_to_or_ask_about(folder: str) -> None:
    urls = {value["Ref"] for name, value in variables(folder).items() if name.startswith("CERTCTL_QUEUE_")}
    uses = (
        {"sqs:SendMessage"}
        if folder != "maintenance_schedule"
        else {"sqs:SendMessage", "sqs:GetQueueAttributes"}
    )
    used = [s["Resource"] for s in statements(folder) if uses & set(s["Action"])]
    assert urls == references(used)


def test_each_certctl_variable_of_the_template_is_read_by_config() -> None:
    read = _variables_read()
    prefixes = tuple(name for name in read if name.endswith("_"))
    unread = {
        name
        for name in _declared_anywhere()
        if name.startswith("CERTCTL_") and name not in read and not name.startswith(prefixes)
    }
    assert unread == set()


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_function_logs_to_a_group_of_its_own_with_retention(folder: str) -> None:
    group = functions()[folder]["LoggingConfig"]["LogGroup"]["Ref"]
    properties = load_template()["Resources"][group]["Properties"]
    assert properties["LogGroupName"]["Fn::Sub"].endswith(f"/{folder}")
    assert properties["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_each_log_group_has_retention() -> None:
    groups = resources_of_type("AWS::Logs::LogGroup")
    assert len(groups) == len(FOLDERS) + 1  # and the API's access log
    assert [name for name, group in groups.items() if not group["Properties"].get("RetentionInDays")] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_behind_the_api_refers_to_the_api(folder: str) -> None:
    behind = {key: value for key, value in functions()[folder].items() if key != "Events"}
    assert "HttpApi" not in references(behind)


@pytest.mark.parametrize("folder", FOLDERS)
def test_only_those_who_sign_and_publish_know_the_pki_host(folder: str) -> None:
    knows = bool({"PkiDistribution", "PkiHostName"} & references(variables(folder)))
    assert knows == (folder in KNOWS_THE_PKI_HOST)
    assert ("CERTCTL_PKI_HOST" in variables(folder)) == knows


LISTS_ALONE = {"/api/v1/issuer-types", "/api/v1/target-types"}
"""Without routes below: each event takes a statement of the function's resource policy, which has 20 KB."""


@pytest.mark.parametrize("folder", API_FUNCTIONS)
def test_each_route_group_of_the_api_has_both_of_its_events(folder: str) -> None:
    paths = {
        event["Properties"].get("Path")
        for event in functions()[folder]["Events"].values()
        if event["Type"] == "HttpApi" and event["Properties"].get("Method", "ANY") == "ANY"
    }
    groups = {path for path in paths if path and path.startswith("/api/") and not path.endswith("/{proxy+}")}
    deep = {path.removesuffix("/{proxy+}") for path in paths if path and path.endswith("/{proxy+}")}
    assert groups - LISTS_ALONE == {path for path in deep if path.startswith("/api/")}


def test_every_other_route_is_answered_by_public_api_and_by_acme_api_in_its_own_api() -> None:
    defaults = [
        (event["Properties"]["ApiId"]["Ref"], folder)
        for folder in FOLDERS
        for event in functions()[folder].get("Events", {}).values()
        if event["Type"] == "HttpApi" and "Path" not in event["Properties"]
    ]
    assert defaults == [("AcmeApi", "acme_api"), ("HttpApi", "public_api")]


def test_no_two_functions_share_a_route() -> None:
    routes = [
        (route["ApiId"]["Ref"], route.get("Path", "$default"), route.get("Method", "ANY"))
        for folder in FOLDERS
        for event in functions()[folder].get("Events", {}).values()
        if event["Type"] == "HttpApi"
        for route in [event["Properties"]]
    ]
    assert sorted(routes) == sorted(set(routes))


def test_the_worker_behind_a_queue_ends_well_before_its_message_returns() -> None:
    queues = load_template()["Resources"]
    default = load_template()["Globals"]["Function"]["Timeout"]
    mappings = resources_of_type("AWS::Lambda::EventSourceMapping")
    assert mappings
    for mapping in mappings.values():
        queue = queues[mapping["Properties"]["EventSourceArn"]["Fn::GetAtt"][0]]["Properties"]
        (name,) = references(mapping["Properties"]["FunctionName"])
        function = queues[name]["Properties"]
        assert queue["VisibilityTimeout"] >= 6 * function.get("Timeout", default)
        assert mapping["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_functions_and_layers_are_only_in_the_main_template() -> None:
    for path in (ROOT / "stacks").glob("*.yaml"):
        types = {resource["Type"] for resource in load_template(path)["Resources"].values()}
        forbidden = ("AWS::Lambda::", "AWS::Serverless::")
        assert not {kind for kind in types if kind.startswith(forbidden)}


def test_the_template_is_in_lines_that_a_screen_shows() -> None:
    lines = TEMPLATE.read_text().splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > 140] == []
    # The inventory has a table with nine indexes and functions of its own; the ACME server an API and a key.
    assert len(lines) <= 2250


_LIST_OF_NAMES = re.compile(r'("dynamodb:LeadingKeys":|Action: &\w+|DependsOn:)\s+\[[^]]*\]')


def test_a_mapping_in_braces_ends_on_its_line() -> None:
    """Only lists of names may take more lines: a block would take one for each name."""
    text = _LIST_OF_NAMES.sub(r"\1 []", TEMPLATE.read_text())
    open_ended = [
        line
        for line in text.splitlines()
        if line.split(" # ")[0].count("{") != line.split(" # ")[0].count("}")
        or line.split(" # ")[0].count("[") != line.split(" # ")[0].count("]")
    ]
    # The access log's format is JSON over several lines.
    assert [line for line in open_ended if "$context" not in line] == []


def test_runtime_and_architecture_are_python_3_13_on_arm64() -> None:
    template = load_template()
    assert template["Globals"]["Function"]["Runtime"] == "python3.13"
    assert as_list(template["Globals"]["Function"]["Architectures"]) == [{"Ref": "Architecture"}]
    assert template["Parameters"]["Architecture"]["Default"] == "arm64"


# AWS refuses a function whose names and values take more than 4 KB. Longest values that people give.
_LONGEST = {"Url": 120, "Secret": 70, "Key": 70, "Password": 70, "Arn": 130, "Address": 60, "Recipient": 60}


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_variables_of_a_function_fit_into_4_kb_with_every_channel_configured(folder: str) -> None:
    sizes = [len(name) + _size(value) for name, value in variables(folder).items()]
    assert sum(sizes) < 4096


def _size(value: object) -> int:
    """The size of the value at deploy; a reference to a resource may become an ARN or a URL."""
    if not isinstance(value, dict):
        return len(str(value))
    name = str(value.get("Ref", ""))
    if name not in load_template()["Parameters"]:
        return 45 if name.endswith("Table") else 100
    default = str(load_template()["Parameters"][name].get("Default", ""))
    return next((size for end, size in _LONGEST.items() if name.endswith(end)), max(12, len(default)))
