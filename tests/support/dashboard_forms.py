"""Every form of the dashboard that opens in a dialog, from the dashboard's registries if they have it."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.support.template import ROOT

SOURCES = ROOT / "dashboard" / "src"
_ACTIONS = SOURCES / "app" / "search" / "destinations.ts"
_PAGES = SOURCES / "app" / "pages.ts"
_CATALOG_PAGE = re.compile(r'"([a-z-]+)",[^()]*\(\) => import\("\.\./(pages/Catalog/kinds/\w+)"\)')
_OPENING_ADDRESS = re.compile(r'"(/[a-z-]+\?[^"]*\b(?:new|enrol)=1)"')
_DIALOG = re.compile(r"<(FormModal|OneTimeModal|ConfirmModal)\b")
_FIELD = re.compile(r"<\w*(Input|Select|Textarea|Radio|Checkbox|Switch|Field|Picker)\b")


@dataclass(frozen=True)
class CertificateForm:
    """A form on a certificate's page, and the button that opens it."""

    source: str
    button: str


CERTIFICATE_FORMS = (
    CertificateForm("pages/CertificateDetail/EditModal.tsx", "Edit"),
    CertificateForm("pages/CertificateDetail/RenewModal.tsx", "Renew"),
    CertificateForm("pages/CertificateDetail/RevokeModal.tsx", "Revoke"),
)

# Buttons of drawers open them, which vitest does (Acme.test.tsx, Endpoints.test.tsx, Inventory.test.tsx).
IN_DRAWERS = (
    "pages/Acme/EabKeyActions.tsx",
    "pages/Endpoints/AttachModal.tsx",
    "pages/Inventory/BelongingModal.tsx",
)

# The addresses below open them.
ADDRESSED = (
    "pages/Acme/NewEabKeyModal.tsx",
    "pages/Catalog/RecordModal.tsx",
    "pages/Catalog/enrol/EnrolAgent.tsx",
    "pages/Channels/ChannelModal.tsx",
    "pages/Channels/MuteModal.tsx",
    "pages/Channels/RuleModal.tsx",
    "pages/Endpoints/EndpointModal.tsx",
    "pages/Settings/NewKeyModal.tsx",
)

# Confirmations. Their dialog is that of a revocation, which is tested.
CONFIRMATIONS = (
    "pages/BulkRevocation/BulkRevocation.tsx",
    "pages/Catalog/RecordActions.tsx",
    "pages/CertificateDetail/ArchiveModal.tsx",
    "pages/CertificateDetail/HoldModals.tsx",
    "pages/CertificateDetail/VersionRevokeModal.tsx",
    "pages/CertificateDetail/deployments/DeployModal.tsx",
    "pages/Settings/RevokeKeyModal.tsx",
)


def opening_addresses() -> list[str]:
    """Addresses of the search palette's actions that open a form."""
    return sorted(set(_OPENING_ADDRESS.findall(_ACTIONS.read_text())))


def creatable_kinds() -> list[str]:
    """Paths of the pages of the catalog whose records a form creates."""
    pages = _CATALOG_PAGE.findall(_PAGES.read_text())
    return [path for path, source in pages if _creates((SOURCES / source).with_suffix(".tsx"))]


def _creates(source: Path) -> bool:
    return bool(re.search("<(CatalogPage|NewButton)", source.read_text()))


def sources_of_forms() -> set[str]:
    """Files of pages that render a form in a dialog, or a confirmation with fields."""
    paths = (SOURCES / "pages").rglob("*.tsx")
    return {str(path.relative_to(SOURCES)) for path in paths if _has_form(path)}


def _has_form(path: Path) -> bool:
    if path.name.endswith(".test.tsx"):
        return False
    text = path.read_text()
    dialogs = set(_DIALOG.findall(text))
    return bool(dialogs - {"ConfirmModal"}) or (bool(dialogs) and bool(_FIELD.search(text)))
