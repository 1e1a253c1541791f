"""`make sam-local-env` on the running stack: what it writes is what `sam local` can take."""

import json
import os
import stat
import subprocess

from local.sam_local import ENDPOINT, FOLDER, TEMPLATE, logical_id
from tests.support.local.stack import LocalStack
from tests.support.template import ROOT, functions


def test_each_function_gets_its_own_variables_and_none_that_the_template_lacks(
    local_stack: LocalStack,
) -> None:
    subprocess.run(
        ["make", "sam-local-env", "EVENT=@events/certificates_api/create.json", "HOST=host.docker.internal"],
        cwd=ROOT,
        env=os.environ | {"LOCAL_DIR": str(local_stack.directory)},
        check=True,
        capture_output=True,
    )
    template, written = json.loads(TEMPLATE.read_text()), json.loads((FOLDER / "env.json").read_text())
    shared = set(template["Globals"]["Function"]["Environment"]["Variables"])
    assert set(written) == {logical_id(folder) for folder in functions()}
    for name, variables in written.items():
        own = template["Resources"][name]["Properties"].get("Environment", {}).get("Variables", {})
        assert set(variables) == shared | set(own)
        assert variables[ENDPOINT].startswith("http://host.docker.internal:")
    event = json.loads((FOLDER / "event.json").read_text())
    assert event["headers"]["authorization"] == f"Bearer {local_stack.outputs['api_key']}"
    assert stat.S_IMODE((FOLDER / "event.json").stat().st_mode) == 0o600
