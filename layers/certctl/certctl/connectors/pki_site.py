"""CA certificates for relying parties: objects below `pki/` (docs/revocation.md#the-cas-of-a-stack)."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from certctl.connectors.aws.objects import Objects
from certctl.crypto.pem import certificate_der, chain_pem, load_certificate, load_certificates
from certctl.crypto.status.crl import inspect_crl, require_scope
from certctl.domain.authorities.authorities import Authority, CrlShard, object_key
from certctl.domain.authorities.crl_scopes import scope_of
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, Unavailable

_DAY_CACHE = "public, max-age=86400"
_SHORT_CACHE = "public, max-age=300"
_PEM = "application/x-pem-file"
_BUNDLE_KEY = "pki/bundle.pem"
_TRIES = 4


class PkiSite:
    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def publish_certificate(self, authority: Authority) -> None:
        """DER, and its PEM twin. Raises Unavailable."""
        key = object_key(authority.certificate_url)
        der = certificate_der(load_certificate(authority.certificate_pem))
        pem = authority.certificate_pem.encode()
        self._publish(key, "application/pkix-cert", _DAY_CACHE, lambda: der)
        self._publish(key.removesuffix(".crt") + ".pem", _PEM, _DAY_CACHE, lambda: pem)

    def publish_bundle(self, authorities: Callable[[], Sequence[Authority]]) -> None:
        """All that a verifier of leaves needs: every CA that is neither retired nor revoked, each with its
        chain. The CAs are read after the object's ETag, so that the writer whose put succeeds knows no fewer.
        Raises Unavailable."""
        self._publish(_BUNDLE_KEY, _PEM, _SHORT_CACHE, lambda: bundle(authorities()).encode())

    def require_crl(self, authority: Authority, shard: CrlShard) -> None:
        """Raises Unavailable unless it can be fetched, CrlInvalid if the CA did not sign it for this URL."""
        stored = self._objects.get(object_key(shard.url))
        if stored is None:
            raise Unavailable(f"The CRL {shard.url} was not published. Try again.")
        summary = inspect_crl(stored.body, load_certificate(authority.certificate_pem))
        require_scope(summary, scope_of(authority, shard), shard.url)

    def _publish(self, key: str, content_type: str, cache_control: str, body: Callable[[], bytes]) -> None:
        """Writes only what is missing or differs; another run may be writing the same."""
        for _ in range(_TRIES):
            stored = self._objects.get(key)
            wanted = body()
            if stored is not None and stored.body == wanted:
                return
            etag = stored.etag if stored else None
            with suppress(Conflict):
                self._objects.put(key, wanted, content_type, cache_control, etag)
        raise Unavailable(f"{key} is being written concurrently. Try again.")


def bundle(authorities: Sequence[Authority]) -> str:
    """The issuing CAs, the newest first, then the certificates above them; none twice."""
    issuing = sorted((a for a in authorities if _is_needed(a)), key=lambda a: a.ca_id, reverse=True)
    pems = [a.certificate_pem for a in issuing] + [a.chain_pem for a in issuing]
    certificates = (certificate for pem in pems if pem for certificate in load_certificates(pem))
    return chain_pem(dict.fromkeys(certificates))


def _is_needed(authority: Authority) -> bool:
    is_over = authority.state is AuthorityState.RETIRED or authority.revoked_at is not None
    return authority.role == "issuing" and not is_over
