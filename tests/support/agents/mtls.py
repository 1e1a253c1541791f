"""Verification of clients with CRLs, in the configurations of `web_servers`; clients that try to get in."""

import http.client
import ssl
from pathlib import Path

from tests.support.agents.crl_pki import TlsClient
from tests.support.agents.web_servers import WebServer

_REFUSED_BY_NGINX = 400


def verify_clients(web: WebServer, authorities: Path, crls: Path) -> None:
    """Takes effect with the next reload: the files need not exist yet."""
    text = web.configuration.read_text()
    changed = {"NGINX": _nginx, "Apache": _apache, "HAProxy": _haproxy}[web.kind](text, authorities, crls)
    assert changed != text
    web.configuration.write_text(changed)


def _nginx(text: str, authorities: Path, crls: Path) -> str:
    lines = (
        f"ssl_verify_client on; ssl_verify_depth 3;\nssl_client_certificate {authorities};\nssl_crl {crls};\n"
    )
    return text.replace("location /", f"{lines}location /")


def _apache(text: str, authorities: Path, crls: Path) -> str:
    lines = (
        f"SSLVerifyClient require\nSSLVerifyDepth 3\nSSLCACertificateFile {authorities}\n"
        f"SSLCARevocationFile {crls}\nSSLCARevocationCheck chain\n"
    )
    return text.replace("</VirtualHost>", f"{lines}</VirtualHost>")


def _haproxy(text: str, authorities: Path, crls: Path) -> str:
    options = f"ca-file {authorities} crl-file {crls} verify required"
    return text.replace("certificate.pem\n", f"certificate.pem {options}\n")


def is_admitted(web: WebServer, client: TlsClient) -> bool:
    """Whether the server answers a request of the client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(client.path)
    connection = http.client.HTTPSConnection(web.endpoint.host, web.endpoint.port, context=context, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": web.name})
        return connection.getresponse().status != _REFUSED_BY_NGINX
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
