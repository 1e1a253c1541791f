import { Text } from "@mantine/core";
import { useState } from "react";

import { requeueChosen } from "./bulk";
import { BulkModal } from "./BulkModal";

interface RequeueSelectedProps {
  ids: readonly string[];
  onClose: () => void;
}

/** Mounted when it opens: what was chosen then is what is queued, though the list behind it changes. */
export function RequeueSelected({ ids, onClose }: RequeueSelectedProps) {
  const [chosen] = useState(ids);
  return (
    <BulkModal
      title={`Requeue ${chosen.length.toLocaleString("en")} selected`}
      onClose={onClose}
      steps={(from: string[] | null) => requeueChosen(from ?? chosen)}
      total={chosen.length}
    >
      <Text size="sm">Each is sent again with a fresh budget of attempts.</Text>
    </BulkModal>
  );
}
