"""A client by OpenAPI Generator: request a certificate, find it, revoke it, send a dead alert again.

CERTCTL_URL and CERTCTL_API_KEY are set; the argument is a CSR in PEM. See README.md.
"""

import json
import os
import sys
import uuid
from pathlib import Path

from certctl_api import (
    ApiClient,
    CertificatesApi,
    Configuration,
    NewCertificateBody,
    NotificationsApi,
    NotificationStatus,
    RevokeBody,
)
from certctl_api.exceptions import NotFoundException

configuration = Configuration(os.environ["CERTCTL_URL"], access_token=os.environ["CERTCTL_API_KEY"])
with ApiClient(configuration) as client:
    certificates, notifications = CertificatesApi(client), NotificationsApi(client)
    body = NewCertificateBody(common_name="shop.example.com", csr_pem=Path(sys.argv[1]).read_text())
    created = certificates.create_certificate(body, idempotency_key=str(uuid.uuid4()))
    page = certificates.list_certificates(search="shop.example.com")
    read = certificates.get_certificate(created.id)
    revoked = certificates.revoke_certificate(created.id, RevokeBody(reason="superseded"))
    dead = notifications.list_notifications(status=NotificationStatus.DEAD, per_page=1)
    requeued = notifications.requeue_notification(dead.data[0].id)
    try:
        certificates.get_certificate("no-such-certificate")
    except NotFoundException as error:
        missing = json.loads(error.body)["type"]

print(
    json.dumps(
        {
            "created": created.id,
            "listed": [each.id for each in page.data],
            "read": read.status,
            "revoked": revoked.status,
            "requeued": {dead.data[0].id: requeued.status},
            "missing": missing,
        }
    )
)
