"""Which requests the front door takes."""

import pytest

from local.browsers import refusal

OWN = {"Host": "127.0.0.1:8080"}
LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {}),
        ("GET", {"Host": "localhost:8080"}),
        ("GET", {"Host": "127.0.0.1"}),
        ("POST", {"Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"}),
        ("GET", {"Sec-Fetch-Site": "none"}),
        ("GET", LINK),
    ],
)
def test_programs_its_own_pages_and_links_are_taken(method: str, headers: dict[str, str]) -> None:
    assert refusal(method, "/api/v1/certificates", OWN | headers, 8080) == ""


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"Host": "evil.example:8080"}),
        ("GET", {"Host": "127.0.0.1.evil.example:8080"}),
        ("GET", {"Host": ""}),
        ("POST", {"Origin": "http://evil.example"}),
        ("POST", {"Origin": "null"}),
        ("POST", {"Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "same-site"}),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}),
        ("GET", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}),
        ("POST", LINK),
        ("GET", LINK | {"Sec-Fetch-Dest": "iframe"}),
    ],
)
def test_other_pages_and_hosts_are_refused(method: str, headers: dict[str, str]) -> None:
    assert refusal(method, "/api/v1/certificates", OWN | headers, 8080) != ""


def test_an_acme_server_asks_by_the_name_that_it_validates_and_a_page_does_not() -> None:
    path, host = "/.well-known/acme-challenge/token", {"Host": "api.example.com:8080"}
    assert refusal("GET", path, host, 8080) == ""
    assert refusal("GET", path, host | {"Origin": "http://api.example.com:8080"}, 8080) != ""
    assert refusal("GET", "/api/v1/certificates", host, 8080) != ""
