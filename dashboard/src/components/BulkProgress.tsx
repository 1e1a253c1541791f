import { Anchor, Progress, Text } from "@mantine/core";
import { Link } from "react-router";

import type { Schemas } from "../api/client";
import classes from "./BulkProgress.module.css";
import { Facts } from "./Facts";

/** How far a job on many certificates is, and what went wrong. */
export function BulkProgress({ progress }: { progress: Schemas["ProgressView"] }) {
  const { total, matched, done, skipped, failed, errors } = progress;
  const number = (count: number) => count.toLocaleString("en");
  const processed = done + skipped + failed;
  const all = total ?? matched;
  const percent = all === 0 ? (total === null ? 0 : 100) : (processed / all) * 100;
  return (
    <>
      <Progress.Root size="lg">
        <Progress.Section value={percent} color={failed > 0 ? "yellow" : "brand"} aria-label="Certificates processed" />
      </Progress.Root>
      <Text size="sm" mt={6} mb="md" role="status">
        {number(processed)} of {total === null ? `${number(matched)} found so far` : number(total)}
      </Text>
      <Facts
        facts={[
          { term: "Revoked", value: number(done) },
          { term: "Skipped", value: number(skipped) },
          { term: "Failed", value: number(failed) },
        ]}
      />
      {errors.length > 0 && (
        <section aria-label="Failures" className={classes.errors}>
          <Text size="sm" fw={600} mb={6}>
            {failed > errors.length ? `First ${errors.length} failures` : "Failures"}
          </Text>
          <ul className={classes.list}>
            {errors.map(({ certificate_id, error }) => (
              <li key={certificate_id}>
                <Anchor component={Link} to={`/certificates/${certificate_id}`} inherit>
                  {certificate_id}
                </Anchor>
                : {error}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
