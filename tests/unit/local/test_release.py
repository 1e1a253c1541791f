"""The release that a deploy stamps: another one whenever what is deployed is another."""

from pathlib import Path

import pytest

from local.stack.release import UNSTAMPED, release, stamped

VALUES = {"LogLevel": "INFO"}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    layer = tmp_path / "CertctlLayer" / "python"
    layer.mkdir(parents=True)
    (layer / "code.py").write_text("ANSWER = 42\n")
    template = tmp_path / "template.yaml"
    template.write_text(f"A{UNSTAMPED}\nB{UNSTAMPED}\n")
    return template


def test_the_same_artefacts_with_the_same_values_are_the_same_release(built: Path) -> None:
    before = release(built, VALUES)
    copy = stamped(built, VALUES)
    assert copy.name == f"template-{before}.yaml"
    assert release(built, dict(VALUES)) == before


def test_another_value_artefact_or_template_is_another_release(built: Path) -> None:
    seen = {release(built, VALUES), release(built, {"LogLevel": "DEBUG"})}
    (built.parent / "CertctlLayer" / "python" / "code.py").write_text("ANSWER = 43\n")
    seen.add(release(built, VALUES))
    (built.parent / "CertctlLayer" / "python" / "more.py").write_text("")
    seen.add(release(built, VALUES))
    built.write_text(f"{built.read_text()}C: 1\n")
    seen.add(release(built, VALUES))
    assert len(seen) == 5
