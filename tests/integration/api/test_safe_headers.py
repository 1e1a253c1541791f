"""The headers of every response for browsers and caches."""

from certctl.domain.access.permissions import Role
from tests.support.api.http import Answer
from tests.support.functions.deployed import Deployed

KEYS = "/api/v1/api-keys"


def is_kept_by_nobody(answer: Answer) -> bool:
    return answer.headers["Cache-Control"] == "no-store"


def test_no_answer_has_its_type_guessed(stack: Deployed) -> None:
    admin = stack.admin("catalog_api")
    answers = [
        admin.get(KEYS),
        stack.client("catalog_api").get(KEYS),
        admin.get("/api/v1/unknown"),
        admin.post(KEYS, "{"),
        stack.client("public_api").get("/health"),
    ]
    assert [answer.status for answer in answers] == [200, 401, 404, 400, 200]
    assert {answer.headers["X-Content-Type-Options"] for answer in answers} == {"nosniff"}


def test_an_answer_that_shows_a_key_is_kept_by_nobody(stack: Deployed) -> None:
    admin = stack.admin("catalog_api")
    made = admin.post(KEYS, {"name": "ci", "role": Role.VIEWER, "teams": "*"})
    assert made.status == 201, made.text
    assert is_kept_by_nobody(made)
    assert is_kept_by_nobody(admin.post(f"{KEYS}/{made.body['id']}/rotate"))


def test_a_refusal_is_kept_by_nobody_and_a_record_is_asked_for_again(stack: Deployed) -> None:
    admin = stack.admin("catalog_api")
    assert is_kept_by_nobody(admin.get(f"{KEYS}/key-none"))
    assert admin.get(KEYS).headers["Cache-Control"] == "private, no-cache"


def test_what_is_for_anyone_keeps_the_cache_of_its_own(stack: Deployed) -> None:
    assert "Cache-Control" not in stack.client("public_api").get("/health").headers
