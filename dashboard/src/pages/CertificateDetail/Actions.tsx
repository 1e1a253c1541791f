import { Button } from "@mantine/core";
import { useState } from "react";

import type { Certificate } from "../../api/certificates";
import { Can } from "../../app/session";
import { Icon } from "../../components/Icon";
import { EditModal } from "./EditModal";
import { HoldModal, UnholdModal } from "./HoldModals";
import { RenewModal } from "./RenewModal";
import { RevokeModal } from "./RevokeModal";
import { KEY_COMPROMISE } from "./reasons";

type Open = "edit" | "renew" | "revoke" | "hold" | "unhold" | null;

/** What the API's states allow (domain/certificates.py): a hold ends in any reason, any reason in key compromise. */
function possible({ status, open_job_id, revocation_reason }: Certificate) {
  const isRevoked = status === "Revoked";
  const isHeld = status === "OnHold";
  const isArchived = status === "Archived";
  return {
    edit: !isRevoked && !isArchived,
    renew: !isRevoked && !isHeld && !isArchived && open_job_id === null,
    hold: !isRevoked && !isHeld && !isArchived,
    unhold: isHeld,
    revoke: !isRevoked || revocation_reason !== KEY_COMPROMISE,
  };
}

export function Actions({ certificate }: { certificate: Certificate }) {
  const [open, setOpen] = useState<Open>(null);
  const can = possible(certificate);
  const close = () => setOpen(null);
  const modal = { certificate, opened: true, onClose: close };
  return (
    <>
      {can.edit && (
        <Can permission="certificates:write">
          <Button variant="default" leftSection={<Icon name="pencil" size={15} />} onClick={() => setOpen("edit")}>
            Edit
          </Button>
        </Can>
      )}
      {can.renew && (
        <Can permission="certificates:write">
          <Button variant="default" leftSection={<Icon name="refresh" size={15} />} onClick={() => setOpen("renew")}>
            Renew
          </Button>
        </Can>
      )}
      {can.hold && (
        <Can permission="certificates:revoke">
          <Button variant="default" leftSection={<Icon name="pause" size={15} />} onClick={() => setOpen("hold")}>
            Hold
          </Button>
        </Can>
      )}
      {can.unhold && (
        <Can permission="certificates:unhold">
          <Button variant="default" leftSection={<Icon name="play" size={15} />} onClick={() => setOpen("unhold")}>
            End hold
          </Button>
        </Can>
      )}
      {can.revoke && (
        <Can permission="certificates:revoke">
          <Button variant="outline" color="red" leftSection={<Icon name="ban" size={15} />} onClick={() => setOpen("revoke")}>
            Revoke
          </Button>
        </Can>
      )}
      {open === "edit" && <EditModal {...modal} />}
      {open === "renew" && <RenewModal {...modal} />}
      {open === "revoke" && <RevokeModal {...modal} />}
      {open === "hold" && <HoldModal {...modal} />}
      {open === "unhold" && <UnholdModal {...modal} />}
    </>
  );
}
