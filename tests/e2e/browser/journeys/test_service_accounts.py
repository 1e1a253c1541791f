"""A service account, from its form to a key that the command line makes, until it is disabled."""

import json
import os
import re
import shlex
import subprocess
import sys
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser.pages import signed_in
from tests.support.local.stack import LocalStack
from tests.support.template import ROOT

pytestmark = pytest.mark.slow
_OWN_KEY = "/api/v1/api-keys/self"
_NAME = re.compile("^Name")
_SECONDS = 120


def _created(page: Page, name: str) -> None:
    """An account with the role auditor, which reaches all teams."""
    page.goto("/service-accounts?new=1")
    form = page.get_by_role("dialog", name="New service account")
    form.get_by_role("textbox", name=_NAME).first.fill(name)
    form.get_by_role("button", name="Add role").click()
    form.get_by_role("combobox", name="Role", exact=True).click()
    page.get_by_role("option", name="Auditor").click()
    form.get_by_role("button", name="Create service account").click()
    expect(form).to_have_count(0)


def _shown_command(page: Page, drawer: Locator, account: str, key_name: str) -> str:
    """A session that was started with a key creates none: the form shows the command that does."""
    drawer.get_by_role("button", name="New key").click()
    form = page.get_by_role("dialog", name=f"New key of {account}", exact=True)
    form.get_by_role("textbox", name=_NAME).first.fill(key_name)
    command = form.get_by_role("note").locator("pre")
    expect(command).to_contain_text(f"--name {key_name}")
    shown = command.inner_text()
    form.get_by_role("button", name="Close", exact=True).last.click()
    expect(form).to_have_count(0)
    return shown


def _run(stack: LocalStack, shown: str) -> Any:
    """Runs the command as a shell does, with the administrator's key in the environment."""
    program, *arguments = shlex.split(shown)
    assert program == "certctl"
    settings = {
        "CERTCTL_URL": stack.url,
        "CERTCTL_API_KEY": stack.outputs["api_key"],
        "PYTHONPATH": str(ROOT / "client"),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "certctl_client", *arguments, "--output", "json"],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_an_account_gets_a_key_by_the_command_that_is_shown_and_is_disabled(
    chromium: Browser, local_stack: LocalStack
) -> None:
    account, key_name = f"scraper-{uuid4().hex[:8]}", f"cluster-{uuid4().hex[:8]}"
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        _created(page, account)
        (record,) = local_stack.get(f"/api/v1/service-accounts?name={account}")["data"]
        page.goto(f"/service-accounts?open={record['id']}")
        drawer = page.get_by_role("dialog", name=account, exact=True)

        key = _run(local_stack, _shown_command(page, drawer, account, key_name))

        assert key["subject_id"] == record["id"]
        assert local_stack.call("GET", _OWN_KEY, key=key["key"]).status_code == 200
        page.goto(f"/service-accounts?open={record['id']}")
        keys = drawer.get_by_role("region", name="Keys", exact=True)
        expect(keys.get_by_text(key_name)).to_be_visible()

        drawer.get_by_role("button", name="Disable").click()
        question = page.get_by_role("dialog", name=f"Disable {account}?")
        question.get_by_role("button", name="Disable service account").click()

        expect(drawer.get_by_role("button", name="Enable")).to_be_visible()
        assert local_stack.call("GET", _OWN_KEY, key=key["key"]).status_code == 401
