import { Button } from "@mantine/core";

import type { Certificate } from "../../api/certificates";
import { Can } from "../../components/session";
import { Icon } from "../../components/Icon";
import type { CertificateDialog } from "./CertificateDialogs";
import { KEY_COMPROMISE } from "./reasons";

/** What the API's states allow (domain/certificates/certificates.py): a hold ends in any reason, any reason in key compromise. */
export function possible({ status, open_job_id, revocation_reason, acme }: Certificate) {
  const isRevoked = status === "Revoked";
  const isHeld = status === "OnHold";
  const isArchived = status === "Archived";
  return {
    edit: !isRevoked && !isArchived,
    renew: !isRevoked && !isHeld && !isArchived && open_job_id === null && !acme,
    hold: !isRevoked && !isHeld && !isArchived,
    unhold: isHeld,
    archive: !isRevoked && !isArchived,
    revoke: !isRevoked || revocation_reason !== KEY_COMPROMISE,
  };
}

export function Actions({ certificate, dialog: { opens } }: { certificate: Certificate; dialog: CertificateDialog }) {
  const can = possible(certificate);
  return (
    <>
      {can.edit && (
        <Can permission="certificates:write">
          <Button variant="default" leftSection={<Icon name="pencil" size={15} />} onClick={opens("edit")}>
            Edit
          </Button>
        </Can>
      )}
      {can.renew && (
        <Can permission="certificates:write">
          <Button variant="default" leftSection={<Icon name="refresh" size={15} />} onClick={opens("renew")}>
            Renew
          </Button>
        </Can>
      )}
      {can.hold && (
        <Can permission="certificates:revoke">
          <Button variant="default" leftSection={<Icon name="pause" size={15} />} onClick={opens("hold")}>
            Hold
          </Button>
        </Can>
      )}
      {can.unhold && (
        <Can permission="certificates:unhold">
          <Button variant="default" leftSection={<Icon name="play" size={15} />} onClick={opens("unhold")}>
            End hold
          </Button>
        </Can>
      )}
      {can.archive && (
        <Can permission="certificates:revoke">
          <Button variant="default" leftSection={<Icon name="archive" size={15} />} onClick={opens("archive")}>
            Archive
          </Button>
        </Can>
      )}
      {can.revoke && (
        <Can permission="certificates:revoke">
          <Button variant="outline" color="red" leftSection={<Icon name="ban" size={15} />} onClick={opens("revoke")}>
            Revoke
          </Button>
        </Can>
      )}
    </>
  );
}
