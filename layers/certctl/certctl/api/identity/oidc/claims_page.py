"""What somebody sees whom no access rule admits: the claims that a rule could name, and only theirs.

HTML of this function, not a page of the dashboard: claims in a URL or in storage would outlive the tab.
"""

import base64
import hashlib
from html import escape
from typing import TYPE_CHECKING

from certctl.api.identity.oidc.schemas import SIGN_IN_PAGE

if TYPE_CHECKING:
    from certctl.services.identity.oidc.sign_in import NotAdmitted

_MOST_CLAIMS = 50
_MOST_VALUES = 200
_LONGEST = 256
_STYLE = (
    ":root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}"
    "body{margin:0;padding:24px 16px;"
    "background:light-dark(#f6f7f9,#14161a);color:light-dark(#1a1d23,#e6e8ec)}"
    "main{max-width:40rem;margin:6vh auto;padding:32px;border-radius:16px;"
    "border:1px solid light-dark(#e3e6eb,#2c3038);background:light-dark(#fff,#1b1e24)}"
    "header{display:flex;gap:10px;align-items:center;font-weight:700}a{color:light-dark(#3b5bdb,#91a7ff)}"
    "h1{font-size:1.5rem}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.5rem;border-top:1px solid #8888}"
    "td{font-family:ui-monospace,monospace;overflow-wrap:anywhere}ul{margin:0;padding:0;list-style:none}"
)
_BRAND = (
    '<header><svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">'
    '<rect width="32" height="32" rx="8" fill="#4263eb"/>'
    '<path d="M16 6l8 3v6.5c0 5-3.3 8.8-8 10.5-4.7-1.7-8-5.5-8-10.5V9z" fill="#fff"/>'
    '<path d="M12.2 16.2l2.7 2.7 5-5.4" fill="none" stroke="#4263eb" stroke-width="2.2"/>'
    "</svg>certctl</header>"
)
"""The mark of the dashboard's sign-in page."""
POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)


def claims_page(refused: "NotAdmitted") -> str:
    rows = [_row(name, values) for name, values in list(refused.claims.items())[:_MOST_CLAIMS]]
    reason = f"<p>{escape(refused.reason)}</p>" if refused.reason else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>No access · certctl</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body><main>'
        f"{_BRAND}<h1>You have no access yet</h1>"
        f"<p>{escape(refused.provider_name)} knows you, but no access rule matches your account. "
        f"Send these claims to an administrator of certctl, who can add a rule.</p>{reason}"
        f'<table><thead><tr><th scope="col">Claim</th><th scope="col">Value</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
        f'<p><a href="{SIGN_IN_PAGE}">Back to the sign-in page</a></p></main></body></html>'
    )


def _row(name: str, values: tuple[str, ...]) -> str:
    shown = "".join(f"<li>{_text(value)}</li>" for value in values[:_MOST_VALUES])
    more = f"<li>and {len(values) - _MOST_VALUES} more</li>" if len(values) > _MOST_VALUES else ""
    return f'<tr><th scope="row">{_text(name)}</th><td><ul>{shown}{more}</ul></td></tr>'


def _text(text: str) -> str:
    return escape(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
