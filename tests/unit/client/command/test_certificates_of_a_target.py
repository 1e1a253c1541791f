"""The API lists a target's certificates without filters: the client applies them."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from certctl_client.api.resources import Stack
from certctl_client.api.schema import CertificateView, ListCertificatesQuery
from certctl_client.commands.certs.finding import CertificateQuery, listed
from certctl_client.errors import ConfigurationError

EXACT = sorted(
    (ListCertificatesQuery.__annotations__.keys() & CertificateView.__annotations__.keys())
    - {"name", "status", "acme"}
)
OTHERS = sorted(ListCertificatesQuery.__annotations__.keys() - {*EXACT, "status", "per_page"})


def _listed(**filters: Any) -> list[Any]:
    records = [dict.fromkeys(EXACT, text) for text in ("one", "two")]
    related = SimpleNamespace(certificates_of_target=lambda target_id, query: iter(records))
    query = CertificateQuery(filters, target_id="t-1")
    return list(listed(cast(Stack, SimpleNamespace(related=related)), query, print))


@pytest.mark.parametrize("name", EXACT)
def test_each_filter_for_a_field_of_the_records_filters(name: str) -> None:
    assert {"team_id", "environment"} < set(EXACT)
    assert len(_listed()) == 2
    assert [record[name] for record in _listed(**{name: "two"})] == ["two"]


@pytest.mark.parametrize("name", OTHERS)
def test_a_filter_that_the_records_cannot_answer_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"--target goes with .*--environment, --issuer, --owner"):
        _listed(**{name: "two"})
