import { Alert } from "@mantine/core";

import type { Campaign } from "../../api/campaigns";
import { isPast, useNow } from "../../components/now";
import { counted } from "../../components/words/count";
import { doneOf } from "./words";

const STEP_MS = 15_000;

interface Said {
  title: string;
  text: string;
  color: "blue" | "yellow" | "red";
}

function said(campaign: Campaign, nowMs: number): Said | null {
  const { state, error, total, deadline, on_deadline } = campaign;
  const left = counted(total - doneOf(campaign), "certificates");
  switch (state) {
    case "finding":
      return {
        title: "Looking for certificates",
        text: `${counted(total, "certificates")} so far. Nothing changes before you start the campaign.`,
        color: "blue",
      };
    case "unconfirmed":
      return unconfirmed(total, error);
    case "paused":
      return { title: "This campaign is paused", text: "Nothing changes until it is resumed, not even at the deadline.", color: "yellow" };
    case "failed":
      return {
        title: "This campaign was stopped",
        text: `${error ?? ""}. ${left} still have valid old versions: start another campaign for them.`,
        color: "red",
      };
    case "running":
      if (!isPast(deadline, nowMs)) return null;
      return {
        title: "The deadline has passed",
        text: `${left} left. ${on_deadline === "revoke" ? "Their old versions are being revoked." : "Their old versions stay valid until they are replaced."}`,
        color: "red",
      };
    case "completed":
    case "cancelled":
      return null;
  }
}

function unconfirmed(total: number, error: string | null): Said {
  if (total === 0)
    return {
      title: "No certificates found",
      text: "Cancel this campaign and choose differently. Revoked and archived certificates are left out.",
      color: "yellow",
    };
  const text = "Look at the list below. Nothing has changed yet; a campaign that is not started within 24 hours is cancelled.";
  return { title: `${counted(total, "certificates")} found`, text: error === null ? text : `${error}. ${text}`, color: "blue" };
}

/** What the reader should know or do first. */
export function Notice({ campaign }: { campaign: Campaign }) {
  const notice = said(campaign, useNow(STEP_MS));
  if (notice === null) return null;
  return (
    <Alert color={notice.color} title={notice.title} role="status">
      {notice.text}
    </Alert>
  );
}
