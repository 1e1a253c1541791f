import type { Certificate } from "../../api/certificates";
import type { Dialog } from "../../components/dialog";
import { ArchiveModal } from "./ArchiveModal";
import { EditModal } from "./EditModal";
import { HoldModal, UnholdModal } from "./HoldModals";
import { CsrModal, RenewModal } from "./RenewModal";
import { RevokeModal } from "./RevokeModal";

export type CertificateDialog = Dialog<"edit" | "renew" | "csr" | "revoke" | "hold" | "unhold" | "archive">;

/** Each opens with an empty form: it is mounted while it is open. */
export function CertificateDialogs({ certificate, dialog: { open, close } }: { certificate: Certificate; dialog: CertificateDialog }) {
  const modal = { certificate, opened: true, onClose: close };
  switch (open) {
    case "edit":
      return <EditModal {...modal} />;
    case "renew":
      return <RenewModal {...modal} />;
    case "csr":
      return <CsrModal {...modal} />;
    case "revoke":
      return <RevokeModal {...modal} />;
    case "hold":
      return <HoldModal {...modal} />;
    case "unhold":
      return <UnholdModal {...modal} />;
    case "archive":
      return <ArchiveModal {...modal} />;
    case null:
      return null;
  }
}
