import { Anchor, Text } from "@mantine/core";
import { Link } from "react-router";

import { StatusBadge, type Tone } from "../../../components/StatusBadge";
import { counted } from "../../../components/words/count";
import classes from "../InventoryImport.module.css";
import { Refusals } from "../Refusals";
import type { Problem } from "../useFiles";
import { hostWords, keyOf } from "./hostLines";
import type { HostResult, LineState } from "./useHosts";

const WORDS: Record<LineState["kind"], readonly [label: string, tone: Tone]> = {
  waiting: ["Sending", "busy"],
  added: ["Added", "ok"],
  known: ["Probed already", "idle"],
  refused: ["Refused", "bad"],
  failed: ["Not sent", "warn"],
};

interface HostResultsProps {
  results: readonly HostResult[];
  leftOut: readonly Problem[];
  isSending: boolean;
}

/** What became of each line. */
export function HostResults({ results, leftOut, isSending }: HostResultsProps) {
  const added = results.filter(({ state }) => state.kind === "added").length;
  return (
    <>
      <Text size="sm" role="status">
        {isSending ? "Adding endpoints…" : `${counted(added, "endpoints")} of ${counted(results.length, "hosts")} added.`}
        {added > 0 && !isSending && (
          <>
            {" "}
            They are probed within a few minutes: see{" "}
            <Anchor component={Link} to="/endpoints" inherit underline="always">
              Endpoints
            </Anchor>
            .
          </>
        )}
      </Text>
      <ul className={classes.hosts} aria-label="Hosts">
        {results.map((result) => (
          <HostLineResult key={keyOf(result)} result={result} />
        ))}
      </ul>
      <Refusals title="Not sent" problems={leftOut} />
    </>
  );
}

function HostLineResult({ result }: { result: HostResult }) {
  const { state } = result;
  const [label, tone] = WORDS[state.kind];
  return (
    <li>
      <bdi>{hostWords(result)}</bdi> <StatusBadge status={state.kind} label={label} tone={tone} />
      {"reason" in state && (
        <Text size="sm" c="dimmed" component="span">
          {state.reason}
        </Text>
      )}
    </li>
  );
}
