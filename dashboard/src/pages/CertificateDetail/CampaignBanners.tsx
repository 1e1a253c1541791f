import { Anchor } from "@mantine/core";
import { Link } from "react-router";

import type { CertificateCampaign } from "../../api/campaigns";
import type { CertificateDetails } from "../../api/certificates";
import { useCan } from "../../components/session";
import { Countdown } from "../../components/Countdown";
import layout from "../../components/layout.module.css";
import { exactTime } from "../../components/Time";
import { useTimeZone } from "../../components/timeDisplay";
import { counted } from "../../components/words/count";
import { Banner } from "./Banner";
import { reasonLabel } from "./reasons";

/** What is next for the certificate, and who has to do it. */
const NEXT: Record<CertificateCampaign["item_state"], string> = {
  found: "Its replacement is requested in the next round.",
  rekeying: "It needs a CSR with a new key, from its agent or its owner.",
  issued: "A new version was issued and has to reach each target.",
  deployed: "The new version is deployed: an administrator has to verify that it is in use wherever the old one was.",
  verified: "The new version is in use: the old versions are revoked next.",
  failed: "The replacement has failed, and the old versions are still valid: someone has to act.",
  revoked: "",
  skipped: "",
};

/** That a campaign replaces its versions, for everyone who may read the certificate: by when, why, and what it needs. */
export function CampaignBanners({ certificate: { campaigns } }: { certificate: Pick<CertificateDetails, "campaigns"> }) {
  const open = campaigns.filter(({ item_state }) => NEXT[item_state] !== "");
  if (open.length === 0) return null;
  return (
    <div className={layout.stack}>
      {open.map((campaign) => (
        <CampaignBanner key={campaign.id} campaign={campaign} />
      ))}
    </div>
  );
}

function CampaignBanner({ campaign }: { campaign: CertificateCampaign }) {
  const { id, reason, state, deadline, on_deadline, item_state, old_serial_numbers } = campaign;
  const mayRead = useCan("campaigns:read");
  const timeZone = useTimeZone();
  const revokes = on_deadline === "revoke";
  const until = deadline === null ? "" : ` by ${exactTime(deadline, timeZone)}`;
  return (
    <Banner
      color={revokes || item_state === "failed" ? "red" : "yellow"}
      title={`Replace${until}: ${reasonLabel(reason).toLowerCase()}${revokes ? ", then revoked" : ""}`}
    >
      {state === "paused" ? "The campaign is paused: nothing is done until it is resumed." : NEXT[item_state]}{" "}
      {counted(old_serial_numbers.length, "old versions")} {old_serial_numbers.length === 1 ? "is" : "are"} revoked once the replacement is
      verified{revokes && ", and at the deadline in any case"}.{" "}
      {deadline !== null && (
        <>
          Deadline: <Countdown at={deadline} over="passed" />.{" "}
        </>
      )}
      {mayRead && (
        <Anchor component={Link} to={`/campaigns/${id}`} inherit underline="always">
          View the campaign
        </Anchor>
      )}
    </Banner>
  );
}
