import { Alert, Checkbox, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { type Certificate, deployCertificate } from "../../../api/certificates";
import { useRepeatable } from "../../../api/repeatable";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { counted } from "../../../components/words/count";
import { useAction } from "../useAction";
import { agentsOf, type Place, unusable } from "./deployable";

interface DeployModalProps {
  certificate: Certificate;
  places: readonly Place[];
  onClose: () => void;
}

/** Which targets, and what will happen there. */
export function DeployModal({ certificate, places, onClose }: DeployModalProps) {
  const [left, setLeft] = useState<readonly string[]>([]);
  const usable = places.filter((place) => unusable(place) === null);
  const chosen = usable.filter(({ id }) => !left.includes(id));
  const send = useRepeatable((ids: readonly string[], attempt: string) => deployCertificate(certificate.id, ids, attempt));
  const deploy = useAction({
    run: () => send(chosen.map(({ id }) => id)),
    title: ({ job_ids }) => `${counted(job_ids.length, "deployments")} requested`,
    onDone: onClose,
  });
  const toggle = (id: string) => setLeft((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before, id]));
  const agents = agentsOf(chosen);
  return (
    <ConfirmModal
      title={`Deploy ${certificate.name}`}
      action={chosen.length > 1 ? `Deploy to ${counted(chosen.length, "targets")}` : "Deploy"}
      opened
      onClose={onClose}
      onConfirm={() => deploy.mutate(undefined)}
      isBusy={deploy.isPending}
      error={deploy.error}
      isDisabled={agents.length !== 1}
    >
      <Text size="sm">
        The agent installs the current version, reloads the server and checks that the version is served. If anything fails, it restores
        what was there. An older version that still waits is no longer deployed.
      </Text>
      <Checkbox.Group label="Targets" value={chosen.map(({ id }) => id)}>
        <Stack gap="xs" mt={6}>
          {places.map((place) => (
            <Choice
              key={place.id}
              place={place}
              isFirst={place === usable[0]}
              isChosen={chosen.includes(place)}
              onToggle={() => toggle(place.id)}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <Hints chosen={chosen} agents={agents} />
    </ConfirmModal>
  );
}

interface ChoiceProps {
  place: Place;
  /** Takes the focus when the dialog opens. */
  isFirst: boolean;
  isChosen: boolean;
  onToggle: () => void;
}

function Choice({ place, isFirst, isChosen, onToggle }: ChoiceProps) {
  const { id, target, agent } = place;
  const problem = unusable(place);
  const about = [target?.type, agent === undefined ? "" : `agent ${agent.name}, ${agent.status.toLowerCase()}`].filter(Boolean).join(" · ");
  return (
    <Checkbox
      value={id}
      label={target?.name ?? id}
      description={problem ?? about}
      disabled={problem !== null}
      checked={isChosen}
      onChange={onToggle}
      data-autofocus={isFirst || undefined}
    />
  );
}

function Hints({ chosen, agents }: { chosen: readonly Place[]; agents: readonly string[] }) {
  if (agents.length > 1)
    return <Alert color="yellow">These targets have different agents. Choose the targets of the agent that generated the key.</Alert>;
  const silent = chosen.find(({ agent }) => agent !== undefined && agent.status !== "Online")?.agent;
  return (
    <>
      {silent !== undefined && (
        <Alert color="yellow">
          Agent {silent.name} is {silent.status.toLowerCase()}: the deployment starts when the agent is back.
        </Alert>
      )}
      <Text size="xs" c="dimmed">
        The agent needs the private key, so it must have created the CSR of this version. Otherwise the deployment fails before anything is
        changed.
      </Text>
    </>
  );
}
