"""The commands of docs/policies.md, as they are typed, with the output that the page shows."""

from pathlib import Path

from tests.support.client.stack import BridgedStack
from tests.support.docs.tours import Tour
from tests.support.local.stack import LocalStack
from tests.support.template import ROOT

THIS = str(Path(__file__).relative_to(ROOT))


def test_a_profile_for_the_clients_of_a_team_shows_what_the_page_says(
    stack: BridgedStack, tmp_path: Path
) -> None:
    environment, folder = stack.environment(), tmp_path / "typed"
    folder.mkdir()
    outputs = {"api_url": stack.url, "api_key": environment["CERTCTL_API_KEY"]}

    assert Tour("docs/policies.md", THIS, LocalStack(outputs, tmp_path), folder).run() == []
