import { Button } from "@mantine/core";
import { Link } from "react-router";

import type { CertificateDetails } from "../../api/certificates";
import { Can } from "../../components/session";
import { Time } from "../../components/Time";
import { Banner } from "./Banner";
import type { CertificateDialog } from "./CertificateDialogs";
import { Publication } from "./Publication";
import { reasonLabel } from "./reasons";

interface EndedProps {
  certificate: CertificateDetails;
  dialog: CertificateDialog;
}

/** That it is revoked or on hold, why, and since when a CRL says so. */
export function EndedBanner({ certificate, dialog }: EndedProps) {
  const { status, revoked_at, revocation_reason, revocation } = certificate;
  if (status !== "Revoked" && status !== "OnHold") return null;
  const isHeld = status === "OnHold";
  return (
    <Banner
      color={isHeld ? "yellow" : "red"}
      title={isHeld ? "This certificate is on hold" : "This certificate is revoked"}
      actions={isHeld ? <EndHold dialog={dialog} /> : <Replace id={certificate.id} />}
    >
      {isHeld ? "Since " : "Revoked "}
      <Time at={revoked_at} />
      {!isHeld && `: ${reasonLabel(revocation_reason ?? "unspecified").toLowerCase()}`}.{" "}
      {revocation !== null && <Publication revocation={revocation} />}
    </Banner>
  );
}

function EndHold({ dialog }: Pick<EndedProps, "dialog">) {
  return (
    <Can permission="certificates:unhold">
      <Button size="xs" onClick={dialog.opens("unhold")}>
        End the hold
      </Button>
    </Can>
  );
}

function Replace({ id }: { id: string }) {
  return (
    <Can permission="certificates:write">
      <Button size="xs" variant="default" component={Link} to={`/certificates/new?from=${encodeURIComponent(id)}`}>
        Request a new certificate
      </Button>
    </Can>
  );
}
