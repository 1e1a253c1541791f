"""An agent comes in by what the dashboard says, to the letter."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Browser, Locator, expect

from tests.e2e.browser.axe import grave_findings
from tests.e2e.browser.pages import signed_in, visit
from tests.support.local.stack import LocalStack
from tests.support.template import ROOT

_PROGRAM = f"{sys.executable} -m certctl_client"
_INSTALLED = "/opt/certctl/bin/certctl"
_SECONDS = 120


def _run_on_the_host(command: str, token: str, folder: Path) -> None:
    """Runs a step as the page shows it, with the program of this environment and a consent file of the
    test."""
    consent = {
        "CERTCTL_AGENT_CONSENT": str(folder / "consent" / "consent.toml"),
        "CERTCTL_AGENT_OWN_CONSENT": "true",
    }
    ran = subprocess.run(
        ["bash", "-euc", command.replace(_INSTALLED, _PROGRAM)],
        env=os.environ | {"TOKEN": token, "PYTHONPATH": str(ROOT / "client")} | consent,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def _command_of(dialog: Locator, what: str) -> str:
    return dialog.get_by_text(what).inner_text()


def test_an_agent_is_enrolled_by_the_token_and_command_that_are_shown_once(
    chromium: Browser, local_stack: LocalStack, tmp_path: Path
) -> None:
    host = f"web-{uuid4().hex[:10]}.example.com"
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        visit(page, "/agents")
        page.get_by_role("button", name="Enroll an agent").click()
        page.get_by_label("Host name").fill("web-*.example.com")
        page.get_by_role("button", name="Create token").click()
        dialog = page.get_by_role("dialog", name="The bootstrap token")
        token = dialog.get_by_label("Token for web-*.example.com").input_value()
        assert grave_findings(page) == []

        _run_on_the_host(_command_of(dialog, "agent consent init"), token, tmp_path)
        enrol = f"{_command_of(dialog, 'agent enroll --url')} --hostname {host} --state-dir {tmp_path}/agent"
        _run_on_the_host(enrol, token, tmp_path)

        dialog.get_by_role("button", name="I have copied it").click()
        expect(dialog).to_be_hidden()
        assert token not in page.content()
        assert token not in page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")
        page.get_by_label("Name", exact=True).fill(host)
        row = page.get_by_role("row").filter(has_text=host)
        expect(row).to_contain_text("Online")
        row.get_by_role("link", name=host).click()
        expect(page.get_by_role("dialog", name=host)).to_contain_text("Last heartbeat")
