import { Anchor, Button, Group } from "@mantine/core";
import { Link } from "react-router";

import { acmeKeys, type EabKey, listEabKeys } from "../../api/acme";
import { useList } from "../../api/paging";
import { LIST_POLL_MS } from "../../api/polling";
import { useAddress } from "../../components/address";
import { Card } from "../../components/Card";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { type Column, DataTable } from "../../components/DataTable";
import { Icon } from "../../components/Icon";
import { PageHeader } from "../../components/PageHeader";
import { RowOpener } from "../../components/RowLink";
import { useCan } from "../../components/session";
import { Empty } from "../../components/states";
import { StatusBadge } from "../../components/StatusBadge";
import { EabKeyDrawer } from "./EabKeyDrawer";
import { NewEabKeyModal } from "./NewEabKeyModal";
import { OnlyBySignIn } from "./OnlyBySignIn";
import { useIsRefusedSession } from "./session";
import { MODES, placesOf, stateOf } from "./words";

const idOf = ({ id }: EabKey) => id;

export default function Acme() {
  const list = useList(acmeKeys.eabKeys, listEabKeys, { refetchInterval: LIST_POLL_MS });
  const form = useAddress().flag("new");
  const mayWrite = useCan("acme:write");
  const isRefused = useIsRefusedSession();
  const add = mayWrite && !isRefused && (
    <Button leftSection={<Icon name="plus" size={15} />} onClick={form.open}>
      New EAB key
    </Button>
  );
  return (
    <>
      <PageHeader
        title="ACME"
        description="Clients such as certbot, Caddy and cert-manager register with an EAB key, and then request certificates by themselves."
        docs="acme"
        actions={add}
      />
      <ClientLinks />
      {mayWrite && isRefused && <OnlyBySignIn />}
      <Card flush>
        <DataTable list={list} columns={COLUMNS} rowKey={idOf} what="EAB keys" empty={<NothingYet />} />
      </Card>
      <EabKeyDrawer />
      {mayWrite && <NewEabKeyModal opened={form.isOpen} onClose={form.close} />}
    </>
  );
}

/** To the certificates that clients renew. */
function ClientLinks() {
  const mayRead = useCan("certificates:read");
  if (!mayRead) return null;
  return (
    <Group gap="md" mb="sm">
      <Anchor component={Link} to="/certificates?acme=true" size="sm">
        Certificates of ACME clients
      </Anchor>
      <Anchor component={Link} to="/certificates?renewal=acme_stopped" size="sm">
        Clients that stopped renewing
      </Anchor>
    </Group>
  );
}

function NothingYet() {
  return (
    <Empty title="No EAB keys yet" icon="lock">
      An EAB key belongs to a service account, and says which names its clients may order.
    </Empty>
  );
}

const COLUMNS: readonly Column<EabKey>[] = [
  { id: "name", title: "EAB key", cell: ({ id, name, names }) => <RowOpener id={id} title={name} below={<bdi>{names.join(", ")}</bdi>} /> },
  { id: "state", title: "State", width: "120px", cell: (key) => <StatusBadge status={stateOf(key).label} tone={stateOf(key).tone} /> },
  { id: "mode", title: "Authorization", width: "190px", hideWhenNarrow: true, cell: ({ authorization }) => MODES[authorization] },
  { id: "accounts", title: "ACME accounts", width: "140px", hideWhenNarrow: true, cell: placesOf },
  {
    id: "account",
    title: "Service account",
    hideWhenNarrow: true,
    hideWhenCramped: true,
    cell: ({ service_account_id }) => <CatalogLink kind="service-accounts" id={service_account_id} />,
  },
  {
    id: "team",
    title: "Team",
    width: "150px",
    hideWhenNarrow: true,
    hideWhenCramped: true,
    cell: ({ team_id }) => <CatalogLink kind="teams" id={team_id} />,
  },
];
