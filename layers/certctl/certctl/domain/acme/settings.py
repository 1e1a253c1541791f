"""Settings of the ACME server that the deployment decides."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AcmeSettings:
    """Settings of the ACME server. Without `host_name` the URLs have the host of the request; clients keep
    account URLs with `former_host_names`. `binding_key_arn` is empty if the stack has no ACME server."""

    host_name: str
    former_host_names: tuple[str, ...]
    terms_url: str
    website: str
    caa_identities: tuple[str, ...]
    binding_key_arn: str


@dataclass(frozen=True)
class AcmeValidationSettings:
    """Without `dns_servers` the system's are asked; without `caa_identities` no CAA record is looked at.
    `cidrs` are the private networks that a validation may reach."""

    dns_servers: tuple[str, ...]
    cidrs: tuple[str, ...]
    caa_identities: tuple[str, ...]
    http_port: int
    tls_port: int
