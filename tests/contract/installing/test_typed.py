"""The commands that install `certctl`, typed as README, docs/install.md and docs/first-hour.md have them."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from distribution.places import version
from local.bootstrap import TOOLS, ensure_environment
from tests.support.client.bare_root import BareRoot, bare_root, packages
from tests.support.docs import places
from tests.support.docs.terminal import shown
from tests.support.template import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
THIS = str(Path(__file__).relative_to(ROOT))


def typed(page: str, section: str) -> list[str]:
    blocks = [block for block in places.blocks_run_by(THIS, page) if block.section == section]
    return [each.command for block in blocks for each in shown(block.text)]


@pytest.fixture
def root(tmp_path: Path) -> Iterator[BareRoot]:
    packages()
    made = bare_root(tmp_path / "root")
    yield made
    shutil.rmtree(made.path)


@pytest.fixture(scope="module")
def pip_of_pipx(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The environment of pip that pipx makes once and updates no more."""
    return str(tmp_path_factory.mktemp("pipx") / "shared")


@pytest.fixture
def own_pipx(tmp_path: Path, pip_of_pipx: str) -> Mapping[str, str]:
    """A home of its own, with pipx in the path."""
    ensure_environment("packaging")
    tools = TOOLS / "env" / "packaging" / "bin"
    places = {
        "PIPX_HOME": str(tmp_path / "pipx"),
        "PIPX_BIN_DIR": str(tmp_path / "bin"),
        "PIPX_SHARED_LIBS": pip_of_pipx,
        "HOME": str(tmp_path),
    }
    return os.environ | places | {"PATH": f"{tmp_path / 'bin'}:{tools}:{os.environ['PATH']}"}


CLONE, RELEASE = typed("docs/install.md", "pipx")


def test_the_pages_say_one_thing() -> None:
    assert (
        typed("README.md", "install-the-command")
        == typed("docs/first-hour.md", "the-command-line")
        == [CLONE]
    )


@pytest.mark.parametrize(
    ("command", "folder"), [(CLONE, ROOT), (RELEASE, ROOT / "dist")], ids=["clone", "wheel"]
)
def test_pipx_installs_the_command(command: str, folder: Path, own_pipx: Mapping[str, str]) -> None:
    packages()

    subprocess.run(["bash", "-c", command], cwd=folder, env=own_pipx, check=True, capture_output=True)

    ran = subprocess.run(["certctl", "--version"], env=own_pipx, capture_output=True, text=True, check=True)
    assert ran.stdout == f"certctl {version()}\n"


def test_the_debian_package_is_installed_as_the_page_says(root: BareRoot) -> None:
    (command,) = typed("docs/install.md", "debian-package")

    ran = root.run(f"{command} && certctl --version")

    assert ran.stdout.endswith(f"certctl {version()}\n"), ran.stderr


def test_the_one_file_is_installed_and_verified_as_the_page_says(root: BareRoot) -> None:
    (install,), (verify,) = typed("docs/install.md", "one-file"), typed("docs/install.md", "verify")

    ran = root.run(f"{verify} && {install} && ~/.local/bin/certctl --version")

    assert ran.stdout == f"certctl {version()}\n", ran.stderr
