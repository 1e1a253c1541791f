import { Button, Group, Stack } from "@mantine/core";
import { Link } from "react-router";

import { Card } from "../../components/Card";
import { Facts } from "../../components/Facts";
import { Refusals } from "./Refusals";
import type { Outcome } from "./useImport";

/** What the import came to. */
export function OutcomeCard({ outcome: { record, refused }, onAgain }: { outcome: Outcome; onAgain: () => void }) {
  const number = (count: number) => count.toLocaleString("en");
  return (
    <Card title="Imported" description={<bdi>{record.name}</bdi>}>
      <Stack>
        <Facts
          facts={[
            { term: "New certificates", value: number(record.new) },
            { term: "New or changed places", value: number(record.added) },
            { term: "Known before", value: number(record.unchanged) },
            { term: "Refused", value: number(record.refused) },
          ]}
        />
        <Refusals title="Refused" problems={refused} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onAgain}>
            Import more
          </Button>
          <Button component={Link} to="/inventory">
            View the inventory
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
