import { Drawer, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { type CatalogKind, catalogKeys, getRecord, type Row } from "../../api/catalog";
import { isNotFound } from "../../api/errors";
import { Can } from "../../components/session";
import { Facts } from "../../components/Facts";
import { Mono } from "../../components/Mono";
import { useShownRow } from "../../components/openRow";
import { Empty, QueryView } from "../../components/states";
import { Time } from "../../components/Time";
import type { Description } from "./kind";
import { RecordActions } from "./RecordActions";
import { TestButton } from "./TestButton";

/** One record; which one stands in the address. */
export function RecordDrawer<Kind extends CatalogKind>({ of }: { of: Description<Kind> }) {
  const { isOpen, shownId, close } = useShownRow();
  const id = shownId ?? "";
  const query = useQuery({
    queryKey: catalogKeys.one(of.kind, id),
    queryFn: ({ signal }) => getRecord(of.kind, id, signal),
    enabled: isOpen,
  });
  const isMissing = isNotFound(query.error);
  const title = query.data?.name ?? of.one.charAt(0).toUpperCase() + of.one.slice(1);
  return (
    <Drawer opened={isOpen} onClose={close} position="right" size={560} title={title}>
      {isMissing ? (
        <Empty title={`There is no such ${of.one}`} icon="search">
          It may have been deleted, or be another team&apos;s.
        </Empty>
      ) : (
        <QueryView query={query} what={`the ${of.one}`}>
          {(row) => <Details of={of} row={row} onDeleted={close} />}
        </QueryView>
      )}
    </Drawer>
  );
}

interface DetailsProps<Kind extends CatalogKind> {
  of: Description<Kind>;
  row: Row<Kind>;
  onDeleted: () => void;
}

function Details<Kind extends CatalogKind>({ of, row, onDeleted }: DetailsProps<Kind>) {
  const { More, test } = of;
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start">
        <Mono copies="the id">{row.id}</Mono>
        <RecordActions of={of} row={row} onDeleted={onDeleted} />
      </Group>
      {of.builtIns?.includes(row.id) === true && (
        <Text size="sm" c="dimmed">
          Built in: it can be edited but not deleted.
        </Text>
      )}
      <Facts
        facts={[
          ...of.facts(row),
          { term: "Created", value: <Time at={row.created_at} /> },
          { term: "Changed", value: <Time at={row.updated_at} /> },
          { term: "Version", value: row.version },
        ]}
      />
      {More !== undefined && <More row={row} />}
      {test !== undefined && (
        <Can permission={of.write}>
          <TestButton key={row.id} kind={test} id={row.id} />
        </Can>
      )}
    </Stack>
  );
}
