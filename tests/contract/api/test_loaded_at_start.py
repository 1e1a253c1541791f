"""What a function behind the API loads before its first request: the wire, and what every request needs."""

import subprocess
import sys
from functools import cache

import pytest

from tests.support.functions.composition import FOLDERS
from tests.support.template import ROOT

# acme_api has no resolver, and callers that sign
API_FUNCTIONS = tuple(folder for folder in FOLDERS if folder.endswith("_api") and folder != "acme_api")
OF_EVERY_REQUEST = {"certctl.services.identity.authentication", "certctl.services.audit.api_calls"}
# 2026-12-01: 87 to 170, of catalog_api, which has the most kinds: profiles alone have usages, subjects and
# policies, each a module of values.
# An import for a type alone once loaded 110 modules more.
MOST_MODULES = 180
_LAYER = str(ROOT / "layers" / "certctl")


def _modules(folder: str, *also: str) -> set[str]:
    """All that a new process has loaded after the imports of `app.py` and of these."""
    program = (
        f"import sys; sys.path[:0] = sys.argv[1:]; import {', '.join(('app', *also))}; print(*sys.modules)"
    )
    command = [sys.executable, "-c", program, _LAYER, str(ROOT / "functions" / folder)]
    ended = subprocess.run(command, capture_output=True, check=True, cwd=ROOT, text=True)
    return set(ended.stdout.split())


@cache
def _loaded(folder: str) -> frozenset[str]:
    """Modules of the layer after the import of `app.py`."""
    return frozenset(name for name in _modules(folder) if name.startswith("certctl."))


@pytest.mark.parametrize("folder", API_FUNCTIONS)
def test_an_api_function_starts_with_the_services_of_every_request_alone(folder: str) -> None:
    services = {
        name for name in _loaded(folder) if name.count(".") == 3 and name.startswith("certctl.services.")
    }
    assert services == (OF_EVERY_REQUEST if folder != "public_api" else set())


def test_the_function_for_anyone_starts_without_a_store() -> None:
    """/health needs none, and no key is accepted."""
    assert {"pynamodb", "boto3", "urllib3", "cryptography"} & _modules("public_api") == set()
    assert [
        name for name in _loaded("public_api") if name.startswith(("certctl.store", "certctl.services"))
    ] == []
    assert len(_loaded("public_api")) < 65


def test_the_acme_server_starts_with_the_audit_of_its_calls_alone() -> None:
    services = {name for name in _loaded("acme_api") if name.startswith("certctl.services.")}
    assert services == {"certctl.services.audit", "certctl.services.audit.api_calls"}
    assert len(_loaded("acme_api")) < MOST_MODULES


@pytest.mark.parametrize("folder", [*API_FUNCTIONS, "acme_api"])
def test_an_api_function_starts_without_units_of_work_and_without_the_code_of_kinds(folder: str) -> None:
    heavy = [name for name in _loaded(folder) if "unit_of_work" in name or name.endswith(".kinds.registry")]
    assert heavy == []


@pytest.mark.parametrize("folder", API_FUNCTIONS)
def test_an_api_function_starts_with_few_modules(folder: str) -> None:
    assert len(_loaded(folder)) < MOST_MODULES


def test_the_ocsp_responder_answers_without_models_resolver_and_x_509() -> None:
    """A relying party waits for its cold start. `cryptography` comes with the first key that is opened."""
    heavy = {"pydantic", "pydantic_core", "pynamodb", "boto3", "cryptography"}
    assert heavy & _modules("ocsp_responder", "certctl.services.status.ocsp_answers") == set()


def test_the_ocsp_responder_opens_a_key_without_x_509() -> None:
    """The first answer of a process loads the keys of cryptography, and of the layer two small modules."""
    of_an_answer = ("certctl.services.status.ocsp_answers", "certctl.crypto.status.ocsp_keys")
    loaded = _modules("ocsp_responder", *of_an_answer)
    assert "cryptography.hazmat.primitives.asymmetric.rsa" in loaded
    heavy = {"cryptography.x509", "cryptography.hazmat.primitives.asymmetric.types", "certctl.crypto.kms_key"}
    assert heavy & loaded == set()


_OF_OTHER_RECORDS = (
    "certctl.domain.identity.trust_rules",
    "certctl.domain.inventory.observed",
    "certctl.domain.issuing.kinds",
    "certctl.store.catalog.contents",
    "certctl.domain.catalog.records",
    "certctl.domain.revocation.campaigns",
)


def test_reading_a_certificate_loads_nothing_that_changes_one() -> None:
    """Most functions start for a read."""
    of_a_read = (
        "certctl.services.certificates.reading",
        "certctl.services.status.revocations",
        "certctl.api.certificates.views",
        "certctl.store.catalog.renewal_policies",
    )
    heavy = ("certctl.unit_of_work", "cryptography", "boto3", *_OF_OTHER_RECORDS)
    assert [name for name in _modules("certificates_api", *of_a_read) if name.startswith(heavy)] == []


def test_the_figures_of_the_whole_stack_load_none_of_the_records_that_they_count() -> None:
    loaded = _modules("insights_api", "certctl.services.insights.insights")
    counted = ("jobs.jobs", "certificates.certificates", "notifications.notifications", "policies.policies")
    assert loaded & {f"certctl.domain.{name}" for name in counted} == set()


_FIRST_READ = {
    "agents_api": "agents.polling",
    "catalog_api": "catalog.reading",
    "identity_api": "identity.sessions",
    "inventory_api": "inventory.reading",
    "notifications_api": "channels.channels",
}


@pytest.mark.parametrize(("folder", "service"), _FIRST_READ.items())
def test_a_service_that_reads_first_loads_no_unit_of_work_and_no_x_509(folder: str, service: str) -> None:
    """Services change records as well: `Units` makes the parts of a unit at the first change."""
    heavy = ("certctl.unit_of_work.unit", "certctl.unit_of_work.alerts", "cryptography.x509")
    assert sorted({*heavy} & _modules(folder, f"certctl.services.{service}")) == []


_COLLECTING = (
    "import sys; sys.path[:0] = sys.argv[1:]; import gc; import certctl; before = gc.isenabled();"
    "import app; print(before, gc.isenabled(), gc.get_freeze_count() > 1000)"
)


def test_nothing_is_collected_while_a_function_is_initialized_and_what_was_made_then_never_is() -> None:
    folder = str(ROOT / "functions" / "public_api")
    for lambdas, expected in (
        ({"AWS_LAMBDA_FUNCTION_NAME": "x"}, "False True True"),
        ({}, "True True False"),
    ):
        ended = subprocess.run(
            [sys.executable, "-c", _COLLECTING, _LAYER, folder],
            capture_output=True,
            check=True,
            cwd=ROOT,
            text=True,
            env={"PATH": "/usr/bin"} | lambdas,
        )
        assert ended.stdout.strip() == expected
