from pathlib import Path

import pytest

import local.dashboard
from local.dashboard import CONTENT_SECURITY_POLICY, SITE, file_of
from tests.support.template import ROOT, load_template

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.mark.parametrize("path", ["/", "/certificates", "/certificates/mc-1", "/apiary"])
def test_a_browser_finds_the_application_at_every_page(path: str) -> None:
    assert file_of("GET", path, BROWSER) == SITE / "index.html"


@pytest.mark.parametrize(
    "path", ["/api/v1/jobs", "/api/", "/.well-known/pki/x", "/pki/a.pem", "/health", "/ready"]
)
def test_the_api_and_the_published_objects_keep_their_addresses(path: str) -> None:
    assert file_of("GET", path, BROWSER) is None


def test_a_program_that_asks_for_no_page_is_answered_by_the_api() -> None:
    assert file_of("GET", "/nonsense", "*/*") is None
    assert file_of("POST", "/certificates", BROWSER) is None


@pytest.mark.parametrize("path", ["/../../../etc/passwd", "//etc/passwd", "/assets/../../marker"])
def test_no_file_outside_of_the_site_is_served(path: str) -> None:
    assert file_of("GET", path, "*/*") is None
    assert file_of("GET", path, BROWSER) == SITE / "index.html"


def test_no_package_of_the_dashboard_runs_a_script_when_it_is_installed() -> None:
    for text in (Path(local.dashboard.__file__), ROOT / "dashboard/README.md"):
        assert '"ci", "--ignore-scripts"' in text.read_text() or "npm ci --ignore-scripts" in text.read_text()


def test_both_ways_of_serving_the_dashboard_have_one_content_security_policy() -> None:
    site = load_template(ROOT / "stacks/dashboard_site.yaml")["Resources"]["SiteHeaders"]["Properties"]
    headers = site["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert headers["ContentSecurityPolicy"]["ContentSecurityPolicy"] == CONTENT_SECURITY_POLICY
