import { Text } from "@mantine/core";
import { useState } from "react";

import { RequeueWarnings, useTroubled } from "../../components/ChannelTrouble";
import { Consequences } from "./Consequences";
import { requeueChosen } from "./bulk";
import { BulkModal } from "./BulkModal";

interface RequeueSelectedProps {
  ids: readonly string[];
  /** Of the selected, by id. */
  channels: readonly string[];
  onClose: () => void;
}

/** Mounted when it opens: what was chosen then is what is queued, though the list behind it changes. */
export function RequeueSelected({ ids, channels, onClose }: RequeueSelectedProps) {
  const [chosen] = useState(ids);
  const [theirs] = useState(channels);
  const troubled = useTroubled(theirs);
  return (
    <BulkModal
      title={`Requeue ${chosen.length.toLocaleString("en")} selected`}
      onClose={onClose}
      steps={(from: string[] | null) => requeueChosen(from ?? chosen)}
      total={chosen.length}
      result={<Consequences ids={chosen} />}
    >
      <Text size="sm">Each is sent again with a new budget of attempts.</Text>
      <RequeueWarnings channels={troubled} />
    </BulkModal>
  );
}
