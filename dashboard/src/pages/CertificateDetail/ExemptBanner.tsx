import type { CertificateDetails } from "../../api/certificates";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { isPast, useNow } from "../../components/now";
import { Time } from "../../components/Time";
import { Banner } from "./Banner";

const STEP_MS = 60_000;

/** That its team may not have its names any more, and until when it is renewed all the same. */
export function ExemptBanner({ certificate: { names_exempt_until, team_id, status } }: { certificate: CertificateDetails }) {
  const now = useNow(STEP_MS);
  if (names_exempt_until === null || status === "Revoked" || status === "Archived") return null;
  const isOver = isPast(names_exempt_until, now);
  return (
    <Banner
      color="yellow"
      title={isOver ? "This certificate can no longer be renewed" : "This certificate keeps its names for a limited time"}
    >
      The team <CatalogLink kind="teams" id={team_id} /> may no longer have all of its names. It {isOver ? "could" : "can"} be renewed
      unchanged until <Time at={names_exempt_until} />. Allow the team these names, or move the certificate to a team that may have them.
    </Banner>
  );
}
