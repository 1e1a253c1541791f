import pytest

from local.dashboard import CONTENT_SECURITY_POLICY, SITE, file_of, is_page
from tests.support.template import ROOT, load_template


@pytest.mark.parametrize("path", ["/", "/certificates", "/assets/index-1.js", "/apiary"])
def test_what_is_no_address_of_the_api_or_the_cas_is_a_page(path: str) -> None:
    assert is_page("GET", path)


@pytest.mark.parametrize(
    "path", ["/api/v1/jobs", "/api/", "/.well-known/pki/x", "/pki/bundle.pem", "/health", "/ready"]
)
def test_the_api_and_the_published_objects_keep_their_addresses(path: str) -> None:
    assert not is_page("GET", path)


def test_pages_are_only_read() -> None:
    assert not is_page("POST", "/certificates")


def test_both_ways_of_serving_the_dashboard_have_one_content_security_policy() -> None:
    site = load_template(ROOT / "stacks/dashboard_site.yaml")["Resources"]["SiteHeaders"]["Properties"]
    headers = site["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert headers["ContentSecurityPolicy"]["ContentSecurityPolicy"] == CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(
    "path", ["/../../../etc/passwd", "//etc/passwd", "/assets/../../marker", "/certificates/mc-1"]
)
def test_no_file_outside_of_the_site_is_served(path: str) -> None:
    assert file_of(path) == SITE / "index.html"
