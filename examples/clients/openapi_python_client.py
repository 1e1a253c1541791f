"""A client by openapi-python-client: request a certificate, find it, revoke it, send a dead alert again.

CERTCTL_URL and CERTCTL_API_KEY are set; the argument is a CSR in PEM. See README.md.
"""

import json
import os
import sys
import uuid
from pathlib import Path

from certctl_api import AuthenticatedClient
from certctl_api.api.certificates import (
    create_certificate,
    get_certificate,
    list_certificates,
    revoke_certificate,
)
from certctl_api.api.notifications import list_notifications, requeue_notification
from certctl_api.models import NewCertificateBody, NotificationStatus, ProblemView, RevokeBody

client = AuthenticatedClient(os.environ["CERTCTL_URL"], os.environ["CERTCTL_API_KEY"])

body = NewCertificateBody(common_name="shop.example.com", csr_pem=Path(sys.argv[1]).read_text())
created = create_certificate.sync(client=client, body=body, idempotency_key=str(uuid.uuid4()))
page = list_certificates.sync(client=client, search="shop.example.com")
read = get_certificate.sync(created.id, client=client)
revoked = revoke_certificate.sync(created.id, client=client, body=RevokeBody(reason="superseded"))
dead = list_notifications.sync(client=client, status=NotificationStatus.DEAD, per_page=1)
requeued = requeue_notification.sync(dead.data[0].id, client=client)
missing = get_certificate.sync("no-such-certificate", client=client)
assert isinstance(missing, ProblemView)

print(
    json.dumps(
        {
            "created": created.id,
            "listed": [each.id for each in page.data],
            "read": read.status,
            "revoked": revoked.status,
            "requeued": {dead.data[0].id: requeued.status},
            "missing": missing.type_,
        }
    )
)
