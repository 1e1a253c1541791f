"""A form of the dashboard that is added is opened by a browser test, too."""

from tests.support import dashboard_forms
from tests.support.dashboard_forms import (
    ADDRESSED,
    CERTIFICATE_FORMS,
    CONFIRMATIONS,
    IN_DRAWERS,
)


def test_every_form_in_a_dialog_is_known_to_the_test_of_forms() -> None:
    known = {
        *(form.source for form in CERTIFICATE_FORMS),
        *ADDRESSED,
        *CONFIRMATIONS,
        *IN_DRAWERS,
    }
    assert dashboard_forms.sources_of_forms() == known


def test_the_palette_opens_the_form_of_every_kind_of_the_catalog() -> None:
    kinds = dashboard_forms.creatable_kinds()
    assert len(kinds) > 10
    assert {f"/{kind}?new=1" for kind in kinds} - set(dashboard_forms.opening_addresses()) == set()
