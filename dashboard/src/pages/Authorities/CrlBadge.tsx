import type { PublishedCrl } from "../../api/authorities";
import { useNow } from "../../components/now";
import { StatusBadge } from "../../components/StatusBadge";
import { crlStateOf } from "./crl";

const STEP_MS = 15_000;

export function CrlBadge({ crl }: { crl: PublishedCrl }) {
  const { label, tone } = crlStateOf(crl, useNow(STEP_MS));
  return <StatusBadge status={label} label={label} tone={tone} />;
}
