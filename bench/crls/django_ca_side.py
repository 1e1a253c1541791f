"""A CRL by django-ca, run by the interpreter that has it, in a directory with `ca.pem`, `ca.key` and
`serials.txt`: prints the milliseconds of processor time that it took, without filling the tables."""

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django  # type: ignore[import-not-found]  # of the peers' environment
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from django.conf import settings  # type: ignore[import-not-found]  # of the peers' environment
from django.core.management import call_command  # type: ignore[import-not-found]  # of the peers' environment

_REASONS = ("unspecified", "key_compromise", "superseded", "cessation_of_operation", "certificate_hold")
_MARK = 1 << 158 | 0x5EED


def set_up(folder: Path) -> None:
    """A database in the directory, and the CA in it."""
    settings.configure(
        SECRET_KEY="bench",  # noqa: S106
        USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "db.sqlite3")}},
        STORAGES={"django-ca": _files(folder)},
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django_object_actions",
            "django_ca",
        ],
        CA_USE_CELERY=False,
    )
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("import_ca", "bench", str(folder / "ca.key"), str(folder / "ca.pem"))


def _files(folder: Path) -> dict[str, Any]:
    storage = "django.core.files.storage.FileSystemStorage"
    return {"BACKEND": storage, "OPTIONS": {"location": str(folder / "files")}}


def a_leaf(folder: Path, now: datetime) -> bytes:
    """The DER of one, in whose place others have their serials."""
    ca = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    key: Any = load_pem_private_key((folder / "ca.key").read_bytes(), None)
    builder = x509.CertificateBuilder().subject_name(ca.subject).issuer_name(ca.subject)
    builder = builder.public_key(ca.public_key()).serial_number(_MARK)
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=20))
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def main(folder: Path) -> None:
    set_up(folder)
    import django_ca.models as tables  # type: ignore[import-not-found]  # of the peers' environment

    now = datetime.now(UTC)
    authority, template = tables.CertificateAuthority.objects.get(), a_leaf(folder, now)
    mark = _MARK.to_bytes(20, "big")
    leaves = [
        tables.Certificate(
            ca=authority,
            serial=f"{serial:X}",
            pub=template.replace(mark, serial.to_bytes(20, "big")),
            not_before=now - timedelta(days=1),
            not_after=now + timedelta(days=20),
            revoked=True,
            revoked_date=now - timedelta(hours=1),
            revoked_reason=_REASONS[number % len(_REASONS)],
        )
        for number, serial in enumerate(map(int, (folder / "serials.txt").read_text().split()))
    ]
    tables.Certificate.objects.bulk_create(leaves, batch_size=1000)
    count = len(leaves)
    del leaves
    began = time.process_time()
    made = tables.CertificateRevocationList.objects.create_certificate_revocation_list(
        ca=authority, key_backend_options=authority.key_backend.get_use_private_key_options(authority, {})
    )
    took = (time.process_time() - began) * 1000
    if len(made.loaded) != count:
        raise SystemExit("django-ca lists something else")
    print(took)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
