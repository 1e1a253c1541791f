"""docs/architecture.md draws what template.yaml runs: each function, queue and schedule."""

import re

from tests.support.functions.composition import FOLDERS
from tests.support.template import ROOT, resources_of_type

_PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("## The plan", 1)[0]
_DIAGRAMS = " ".join(re.findall(r"```mermaid\n(.*?)```", _PAGE, re.DOTALL))
_DRAWN = set(re.findall(r"\w+", _DIAGRAMS))
_SCHEDULE = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)
_NUMBERS = {"nine": 9, "ten": 10, "eleven": 11, "twelve": 12}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def test_each_function_is_in_a_diagram() -> None:
    assert len(FOLDERS) > 10
    assert sorted(set(FOLDERS) - _DRAWN) == []


def test_each_queue_is_in_a_diagram() -> None:
    queues = {_snake(name).removesuffix("_queue") for name in resources_of_type("AWS::SQS::Queue")}
    assert "jobs" in queues
    assert sorted(queues - _DRAWN) == []


def test_the_table_of_schedules_has_each_function_that_a_schedule_runs() -> None:
    scheduled = [
        resource["Properties"]["CodeUri"].strip("/").rpartition("/")[2]
        for resource in resources_of_type("AWS::Serverless::Function").values()
        if any(event["Type"] == "ScheduleV2" for event in resource["Properties"].get("Events", {}).values())
    ]
    assert sorted(_SCHEDULE.findall(_PAGE)) == sorted(scheduled)


def test_the_page_says_how_many_tables_there_are() -> None:
    said = re.search(r"DynamoDB \((\w+) tables\)", _PAGE)
    assert said is not None
    assert _NUMBERS[said[1]] == len(resources_of_type("AWS::DynamoDB::Table"))
