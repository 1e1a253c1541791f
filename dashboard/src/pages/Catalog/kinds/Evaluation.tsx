import { Progress, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { catalogKeys, getRecord, type Row } from "../../../api/catalog";
import { violationKeys } from "../../../api/violations";
import { Facts } from "../../../components/Facts";
import { Time } from "../../../components/Time";
import classes from "../Catalog.module.css";

type Policy = Row<"policies">;
type Evaluation = NonNullable<Policy["evaluation"]>;

const REFETCH_MS = 2_000;
const UNDER_WAY: readonly Evaluation["state"][] = ["waiting", "running"];

const number = (count: number) => count.toLocaleString("en");

/** How far it is, in a few words. */
export function evaluationInWords({ evaluation, enabled }: Policy): string {
  if (evaluation === null) return "Not yet";
  const { state, evaluated, total } = evaluation;
  if (state === "waiting") return "Waiting";
  if (state === "running") return `${number(evaluated)} of ${total === null ? "?" : number(total)}`;
  if (state === "failed") return "Failed";
  if (state === "cancelled") return "Cancelled";
  return enabled ? "All evaluated" : "Disabled";
}

/** Of one policy, in its drawer: it follows the evaluation while that runs. */
export function EvaluationOf({ row }: { row: Policy }) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: catalogKeys.one("policies", row.id),
    queryFn: ({ signal }) => getRecord("policies", row.id, signal),
    initialData: row,
    refetchInterval: ({ state }) => (isUnderWay(state.data) ? REFETCH_MS : false),
  });
  const { evaluation } = query.data;
  const standing = evaluation?.violations;
  useEffect(() => void client.invalidateQueries({ queryKey: violationKeys.all }), [client, standing]);
  if (evaluation === null) return null;
  return (
    <section className={classes.drawerSection} aria-label="Evaluation">
      <h3 className={classes.drawerTitle}>Existing certificates</h3>
      {isUnderWay(query.data) && <Bar evaluation={evaluation} />}
      <Text size="sm" mb="sm" role="status">
        {evaluationInWords(query.data)}
        {evaluation.state === "confirming" && ". Changes of the first two minutes are evaluated again."}
        {evaluation.failed > 0 && `. ${number(evaluation.failed)} could not be evaluated.`}
      </Text>
      <Facts
        facts={[
          { term: "Open violations", value: number(evaluation.violations) },
          { term: "New violations", value: number(evaluation.begun) },
          { term: "Ended violations", value: number(evaluation.ended) },
          { term: "Started", value: <Time at={evaluation.started_at} /> },
        ]}
      />
    </section>
  );
}

function isUnderWay(policy: Policy | undefined): boolean {
  const state = policy?.evaluation?.state;
  return state !== undefined && UNDER_WAY.includes(state);
}

function Bar({ evaluation: { evaluated, total } }: { evaluation: Evaluation }) {
  return (
    <Progress.Root size="lg" mb={6}>
      <Progress.Section value={total === null || total === 0 ? 0 : (evaluated / total) * 100} aria-label="Certificates evaluated" />
    </Progress.Root>
  );
}
