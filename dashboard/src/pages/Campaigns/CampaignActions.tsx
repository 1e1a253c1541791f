import { Alert, Button, Stack, Text } from "@mantine/core";

import { type Campaign, cancelCampaign, confirmCampaign, pauseCampaign, resumeCampaign } from "../../api/campaigns";
import { Can } from "../../components/session";
import { ConfirmModal } from "../../components/ConfirmModal";
import type { Dialog } from "../../components/dialog";
import { Icon } from "../../components/Icon";
import { isPast, useNow } from "../../components/now";
import { counted } from "../../components/words/count";
import { useAction } from "../CertificateDetail/useAction";
import { atDeadline, doneOf, hasEnded } from "./words";

const STEP_MS = 15_000;

export type CampaignDialog = Dialog<"start" | "pause" | "resume" | "cancel">;

export function CampaignActions({ campaign, dialog: { opens } }: { campaign: Campaign; dialog: CampaignDialog }) {
  const { state, total } = campaign;
  return (
    <Can permission="campaigns:write">
      {state === "running" && (
        <Button variant="default" leftSection={<Icon name="pause" size={15} />} onClick={opens("pause")}>
          Pause
        </Button>
      )}
      {state === "paused" && (
        <Button variant="default" leftSection={<Icon name="play" size={15} />} onClick={opens("resume")}>
          Resume
        </Button>
      )}
      {!hasEnded(campaign) && (
        <Button variant="outline" color="red" leftSection={<Icon name="ban" size={15} />} onClick={opens("cancel")}>
          Cancel campaign
        </Button>
      )}
      {state === "unconfirmed" && total > 0 && (
        <Button leftSection={<Icon name="play" size={15} />} onClick={opens("start")}>
          Start for {counted(total, "certificates")}
        </Button>
      )}
    </Can>
  );
}

interface QuestionProps {
  campaign: Campaign;
  onClose: () => void;
}

/** Each is mounted while it is open. */
export function CampaignDialogs({ campaign, dialog: { open, close } }: { campaign: Campaign; dialog: CampaignDialog }) {
  const question = { campaign, onClose: close };
  switch (open) {
    case "start":
      return <Start {...question} />;
    case "pause":
      return <Pause {...question} />;
    case "resume":
      return <Resume {...question} />;
    case "cancel":
      return <CancelQuestion {...question} />;
    case null:
      return null;
  }
}

/** The number that is confirmed is the one that is shown. */
function Start({ campaign, onClose }: QuestionProps) {
  const { id, total, on_deadline } = campaign;
  const start = useAction({ run: () => confirmCampaign(id, total), title: () => "Campaign started", onDone: onClose });
  return (
    <ConfirmModal
      title={`Replace ${counted(total, "certificates")}?`}
      action="Start campaign"
      opened
      onClose={onClose}
      onConfirm={() => start.mutate(undefined)}
      isBusy={start.isPending}
      error={start.error}
      isDangerous={on_deadline === "revoke"}
      typed={`replace ${total}`}
    >
      <Stack gap="xs">
        <Text size="sm">
          Each certificate gets a version with a new key. Its old versions are revoked once the new one was seen in use.
        </Text>
        <Alert color={on_deadline === "revoke" ? "red" : "blue"}>
          After {counted(campaign.deadline_hours, "hours")}: {atDeadline(campaign)}.
        </Alert>
      </Stack>
    </ConfirmModal>
  );
}

function Pause({ campaign, onClose }: QuestionProps) {
  const pause = useAction({ run: () => pauseCampaign(campaign.id), title: () => "Campaign paused", onDone: onClose });
  return (
    <ConfirmModal
      title="Pause this campaign?"
      action="Pause campaign"
      keep="Keep running"
      opened
      onClose={onClose}
      onConfirm={() => pause.mutate(undefined)}
      isBusy={pause.isPending}
      error={pause.error}
    >
      <Text size="sm">Jobs that are already open continue. Nothing else changes until you resume it, not even at the deadline.</Text>
    </ConfirmModal>
  );
}

function Resume({ campaign, onClose }: QuestionProps) {
  const now = useNow(STEP_MS);
  const resume = useAction({ run: () => resumeCampaign(campaign.id), title: () => "Campaign resumed", onDone: onClose });
  const revokesNow = isPast(campaign.deadline, now) && campaign.on_deadline === "revoke";
  return (
    <ConfirmModal
      title="Resume this campaign?"
      action="Resume campaign"
      keep="Keep paused"
      opened
      onClose={onClose}
      onConfirm={() => resume.mutate(undefined)}
      isBusy={resume.isPending}
      error={resume.error}
      isDangerous={revokesNow}
    >
      {revokesNow ? (
        <Alert color="red">
          The deadline has passed: old versions that are left are revoked now, even where they are still in use. This cannot be undone.
        </Alert>
      ) : (
        <Text size="sm">It continues where it stopped. The deadline stays the same.</Text>
      )}
    </ConfirmModal>
  );
}

function CancelQuestion({ campaign, onClose }: QuestionProps) {
  const cancel = useAction({ run: () => cancelCampaign(campaign.id), title: () => "Campaign cancelled", onDone: onClose });
  const left = campaign.total - doneOf(campaign);
  return (
    <ConfirmModal
      title="Cancel this campaign?"
      action="Cancel campaign"
      keep="Keep campaign"
      opened
      onClose={onClose}
      onConfirm={() => cancel.mutate(undefined)}
      isBusy={cancel.isPending}
      error={cancel.error}
      isDangerous
    >
      <Text size="sm">
        {campaign.confirmed_at === null
          ? "Nothing has changed yet."
          : `What was replaced and revoked stays so. ${counted(left, "certificates")} keep their old versions, and open jobs continue.`}{" "}
        A cancelled campaign cannot be resumed.
      </Text>
    </ConfirmModal>
  );
}
