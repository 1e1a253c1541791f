import { Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { NotificationType } from "../../api/notifications";
import { RequeueWarnings } from "../../components/ChannelTrouble";
import { requeueMatching } from "./bulk";
import { ChannelConsequences, useTroubledDead } from "./ChannelConsequences";
import { BulkModal } from "./BulkModal";
import { useDeadChannelOptions } from "./channels";
import { countDeadQuery } from "./deadCount";
import { TYPES } from "./words";

interface RequeueByChannelProps {
  onClose: () => void;
  /** The channel that the page is filtered by. */
  initial: string | null;
}

/** All dead letters, of one channel or of a kind of channels, whatever the page shows. */
export function RequeueByChannel({ onClose, initial }: RequeueByChannelProps) {
  const [channel, setChannel] = useState(initial);
  const [type, setType] = useState<string | null>(null);
  const channels = useDeadChannelOptions(initial);
  const { data: dead } = useQuery(countDeadQuery);
  const body = { status: "dead" as const, channel, type: type as NotificationType | null };
  const troubled = useTroubledDead(channel);
  const isAll = channel === null && type === null;
  return (
    <BulkModal
      title="Requeue dead letters"
      onClose={onClose}
      steps={(from: string | null) => requeueMatching(body, from)}
      total={isAll ? (dead ?? null) : null}
      result={<ChannelConsequences channel={channel} />}
    >
      <Stack>
        <Text size="sm">
          Each is sent again with a new budget of attempts. Fix the channel first: alerts that keep failing become dead letters again.
        </Text>
        <RequeueWarnings channels={troubled} />
        <Select
          label="Channel"
          placeholder="All channels"
          data={channels}
          value={channel}
          onChange={setChannel}
          openOnFocus={false}
          maxDropdownHeight={140}
          clearable
          searchable
        />
        <Select
          label="Type"
          placeholder="All types"
          data={TYPES}
          value={type}
          onChange={setType}
          openOnFocus={false}
          maxDropdownHeight={140}
          clearable
        />
      </Stack>
    </BulkModal>
  );
}
