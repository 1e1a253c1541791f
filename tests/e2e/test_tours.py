"""The tours of README and docs, run as they stand: each command in one shell, with the output that it shows.

`CERTCTL_GOLDEN=write` writes the outputs into the pages.
"""

import shutil
from pathlib import Path

import pytest

from tests.support.docs import places
from tests.support.docs.tours import Tour
from tests.support.local.stack import LocalStack, free_port
from tests.support.template import ROOT

THIS = str(Path(__file__).relative_to(ROOT))
FIRST_HOUR = "docs/first-hour.md"
PAGES = sorted(
    {place.partition("#")[0] for place, test in places.run().items() if test == THIS} - {FIRST_HOUR}
)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What the page takes from a clone; the folder of the hour is made beside it."""
    if shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin") is None:
        pytest.skip("needs nginx")
    examples = tmp_path / "certctl" / "examples"
    shutil.copytree(ROOT / "examples" / "nginx_by_agent", examples / "nginx_by_agent")
    shutil.copy(ROOT / "examples" / "webhook_receiver.py", examples)
    return examples.parent


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", PAGES)
def test_each_command_shows_what_the_page_says(local_stack: LocalStack, page: str, tmp_path: Path) -> None:
    folder = tmp_path / "typed"
    folder.mkdir()

    assert Tour(page, THIS, local_stack, folder).run() == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_first_hour_goes_as_its_page_says(local_stack: LocalStack, clone: Path) -> None:
    ports = {"8090": str(free_port()), "8443": str(free_port())}
    configuration = clone / "examples" / "nginx_by_agent" / "nginx.conf"
    configuration.write_text(configuration.read_text().replace("8443", ports["8443"]))

    assert Tour(FIRST_HOUR, THIS, local_stack, clone, ports).run() == []
