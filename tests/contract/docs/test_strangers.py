"""docs/security.md: what the most expensive request without a credential costs, by public route. Reads,
writes and calls of other services are counted and compared; CPU has a bound that a busy machine keeps."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from certctl.crypto.serials import new_serial, serial_text
from certctl.crypto.status.ocsp_requests import MOST_CERTIFICATES
from certctl.domain.access.credentials import CredentialKind, new_credential_text
from certctl.domain.access.subjects import SubjectKind, new_subject
from certctl.domain.agents.agents import new_token_text
from certctl.domain.identity.exchanged_tokens import AUTHORIZATION_CODE, JWT_BEARER, TOKEN_EXCHANGE
from functions.ocsp_responder.app import lambda_handler as ocsp
from tests.support.agents.agents import AGENT
from tests.support.api.http import event
from tests.support.clock import Clock
from tests.support.costs.metered import metered_calls
from tests.support.docs.strangers import ACME, MARGIN, best, cost_of, on_the_page
from tests.support.functions.deployed import deployed
from tests.support.functions.functions import all_routes
from tests.support.functions.lambda_context import Context
from tests.support.identity.issuers import running_issuer
from tests.support.identity.sign_in import CALLBACK, LOGIN, SignIns, signing_in
from tests.support.identity.sign_in_provider import running_provider
from tests.support.identity.trust import FORM, TOKEN, Trust, trusting
from tests.support.issuing.issuing import Issuing, issuing
from tests.support.status.ocsp import request_of
from tests.support.status.responder import running

_sources = count(1)


@dataclass(frozen=True)
class World:
    issuing: Issuing
    signs: SignIns
    trust: Trust

    def send(self, folder: str, method: str, path: str, key: str | None = None, **parts: Any) -> int:
        """From an address that has sent nothing before: its refusals are recorded."""
        parts["source_ip"] = f"203.0.{(number := next(_sources)) // 250}.{number % 250}"
        return self.issuing.stack.client(folder, key).send(method, path, **parts).status

    @property
    def unknown(self) -> str:
        """A credential in the right form, whose checksum is right."""
        ulid = new_subject(SubjectKind.SERVICE_ACCOUNT, [], self.issuing.stack.clock()).ulid
        return new_credential_text(CredentialKind.KEY, ulid)


@pytest.fixture
def world() -> Iterator[World]:
    clock = Clock()
    with (
        pytest.MonkeyPatch.context() as patch,
        deployed(clock) as stack,
        issuing(stack) as made,
        running_provider(clock) as (provider, server),
        running_issuer() as issuer,
    ):
        patch.setenv("CERTCTL_LOCAL", "1")
        patch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8")
        yield World(made, signing_in(stack, provider, server), trusting(stack, issuer))


@dataclass(frozen=True)
class Strange:
    """The most expensive request of a route, in the words of the page. `request` returns what is measured."""

    name: str
    route: tuple[str, str]
    answered: int
    request: Callable[[World], Callable[[], int]]


def of(folder: str, path: str, answered: int = 200, *, sent: str = "", **parts: Any) -> Strange:
    def request(world: World) -> Callable[[], int]:
        return lambda: world.send(folder, "GET", sent or path, **parts)

    return Strange(f"GET {path}", ("GET", path), answered, request)


def form(path: str, note: str, answered: int, fields: Callable[[World], dict[str, str]]) -> Strange:
    def request(world: World) -> Callable[[], int]:
        body = urlencode(fields(world))
        return lambda: world.send("identity_api", "POST", path, body=body, headers=FORM)

    return Strange(f"POST {path}{note}", ("POST", path), answered, request)


def exchanged(world: World) -> dict[str, str]:
    """Signed by the provider's key, and refused for what it claims: the signature is verified before."""
    token = world.trust.token(repository_id="4321")
    return {"grant_type": JWT_BEARER, "client_id": "tr-ci", "assertion": token}


def code(_: World) -> dict[str, str]:
    where = {"redirect_uri": "http://127.0.0.1:1/"}
    return {"grant_type": AUTHORIZATION_CODE, "code": "x" * 43, "code_verifier": "y" * 43} | where


def child(world: World) -> dict[str, str]:
    kind = "urn:ietf:params:oauth:token-type:access_token"
    return {"grant_type": TOKEN_EXCHANGE, "subject_token": world.unknown, "subject_token_type": kind}


def leaked(world: World) -> dict[str, str]:
    return {"token": world.unknown, "reason": "leaked"}


def registration(world: World) -> Callable[[], int]:
    return lambda: world.send("agents_api", "POST", REGISTER, new_token_text(), body="x" * 8192)


def callback(world: World) -> Callable[[], int]:
    """The callback of a sign-in that has begun, with a code that the provider refuses."""
    browser = world.signs.browser()
    state = parse_qs(urlsplit(world.signs.begin(browser)).query)["state"][0]
    return lambda: browser.get(CALLBACK, {"state": state, "code": "y" * 2048}).status


_SERIAL = serial_text(new_serial())
_PKI = "/.well-known/pki"
REGISTER = f"{AGENT}/register"
STRANGERS = [
    of("public_api", "/health"),
    of("public_api", "/ready"),
    of("public_api", f"{_PKI}/ca/<issuer_id>", 302, sent=f"{_PKI}/ca/iss-local"),
    of(
        "public_api",
        f"{_PKI}/crl/<issuer_id>",
        404,
        sent=f"{_PKI}/crl/iss-local",
        query={"serial_number": _SERIAL},
    ),
    of("public_api", f"{_PKI}/crls/<issuer_id>", sent=f"{_PKI}/crls/iss-local"),
    of(
        "public_api",
        f"{_PKI}/status/<issuer_id>/<serial_number>",
        sent=f"{_PKI}/status/iss-local/{_SERIAL}",
    ),
    of(
        "public_api",
        "/.well-known/acme-challenge/<token>",
        404,
        sent=f"/.well-known/acme-challenge/{'x' * 256}",
    ),
    Strange(f"POST {REGISTER}", ("POST", REGISTER), 401, registration),
    of("identity_api", "/api/v1/auth/providers"),
    of("identity_api", "/api/v1/auth/login/<provider_id>", 302, sent=LOGIN),
    Strange(
        "GET /api/v1/auth/callback/<provider_id>",
        ("GET", "/api/v1/auth/callback/<provider_id>"),
        302,
        callback,
    ),
    form(TOKEN, ", a token", 400, exchanged),
    form(TOKEN, ", a code", 400, code),
    form(TOKEN, ", a credential", 400, child),
    form("/api/v1/auth/revoke", "", 200, leaked),
    of("public_api", "/<anything else>", 404, sent=f"/{'x' * 900}"),
]
_WITH_A_KEY = "any route that takes a key"
_OCSP = "OCSP by POST", "OCSP by GET"


def test_the_page_has_each_route_that_needs_no_key() -> None:
    anyone = {(route.method, route.path) for _, route in all_routes() if route.permission is None}
    assert anyone - {stranger.route for stranger in STRANGERS} == set()
    assert on_the_page().keys() == {*(stranger.name for stranger in STRANGERS), _WITH_A_KEY, *_OCSP, *ACME}


def test_a_stranger_s_request_costs_what_the_page_says(world: World) -> None:
    page = on_the_page()
    for stranger in STRANGERS:
        assert stranger.request(world)() == stranger.answered, stranger.name
        cost, milliseconds = best(partial(stranger.request, world))
        known, bound = page[stranger.name]
        assert (stranger.name, cost) == (stranger.name, known)
        assert milliseconds <= MARGIN * bound, stranger.name


def test_each_route_that_takes_a_key_costs_a_stranger_the_same(world: World) -> None:
    """Whatever the body: the credential is looked for before it is read."""
    known, _ = on_the_page()[_WITH_A_KEY]
    costs = {}
    for folder, route in all_routes():
        if route.permission is not None:
            path = re.sub(r"<\w+>", "x", route.path)
            with metered_calls() as meter:
                assert world.send(folder, route.method, path, world.unknown, body="x" * 8192) == 401
            costs[route.method, route.path] = cost_of(meter)
    assert len(costs) > 100
    assert {each: cost for each, cost in costs.items() if cost != known} == {}


def test_an_ocsp_request_costs_what_the_page_says() -> None:
    with running() as responding:
        serials = [responding.reserved() for _ in range(MOST_CERTIFICATES)]
        der, page = request_of(responding.certificate, serials).der, on_the_page()
        path, encoded = f"/ocsp/{responding.authority.ca_id}", base64.urlsafe_b64encode(der).decode()
        handler = responding.privileges.of("ocsp_responder", ocsp)
        sent = [event("POST", path, body=der), event("GET", f"{path}/{encoded}")]
        for name, each in zip(_OCSP, sent, strict=True):
            cost, milliseconds = best(partial(partial, handler, each, Context()))
            known, bound = page[name]
            assert (name, cost) == (name, known)
            assert milliseconds <= MARGIN * bound
