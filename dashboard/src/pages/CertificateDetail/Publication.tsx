import type { Schemas } from "../../api/client";
import { CaLink } from "../../components/CaLink";
import { isPast, useNow } from "../../components/now";
import { ExactTime } from "../../components/Time";
import { atIssuer } from "./atIssuer";

type Revocation = Schemas["RevocationPublicationView"];

const STEP_MS = 5_000;

/** Whether relying parties can know of the revocation: the CRL that lists it, or when it is due. */
export function Publication({ revocation }: { revocation: Revocation }) {
  const { state, ca_id, due_by } = revocation;
  const now = useNow(STEP_MS);
  if (state === "issuer") return <>Published by the issuer: {atIssuer(revocation)}.</>;
  if (state === "due") {
    const isLate = isPast(due_by, now);
    return (
      <>
        Not in a CRL yet. The next one {isLate ? "was" : "is"} due by <ExactTime at={due_by} />.
        <Seen receipt={revocation.receipt} />{" "}
        <CaLink id={ca_id} isInText>
          The CA and its CRLs
        </CaLink>
      </>
    );
  }
  return <Listed revocation={revocation} />;
}

function Listed({ revocation: { crl_number, published_at, is_first, state, ca_id, receipt } }: { revocation: Revocation }) {
  return (
    <>
      In CRL {crl_number} {is_first ? "since" : "of"} <ExactTime at={published_at} />
      {!is_first && ", or an earlier one"}
      {state === "expired" && "; later CRLs leave it out, because it has expired"}.
      <Seen receipt={receipt} />{" "}
      <CaLink id={ca_id} isInText>
        The CA and its CRLs
      </CaLink>
    </>
  );
}

/** What a relying party of the stack saw; nothing for a revocation that nobody watches. */
function Seen({ receipt }: { receipt: Revocation["receipt"] }) {
  if (receipt === null) return null;
  const ways = [];
  if (receipt.crl_seconds !== null) ways.push(`in CRL ${receipt.crl_number} after ${inSeconds(receipt.crl_seconds)}`);
  if (receipt.ocsp_seconds !== null) ways.push(`by OCSP after ${inSeconds(receipt.ocsp_seconds)}`);
  return <> {ways.length === 0 ? "No relying party has seen it yet." : `Seen ${ways.join(" and ")}.`}</>;
}

function inSeconds(seconds: number) {
  const whole = Math.max(1, Math.round(seconds));
  return whole === 1 ? "1 second" : `${whole} seconds`;
}
