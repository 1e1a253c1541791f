import { Button, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "react-router";

import {
  type AcmeAccount as AccountRecord,
  acmeKeys,
  type AcmeOrder,
  getAcmeAccount,
  listAcmeOrders,
  revokeAcmeAccount,
} from "../../api/acme";
import { isNotFound } from "../../api/errors";
import { useList } from "../../api/paging";
import { LIST_POLL_MS } from "../../api/polling";
import { BackLink } from "../../components/BackLink";
import { Card } from "../../components/Card";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { CertificateLink } from "../../components/CertificateLink";
import { ConfirmModal } from "../../components/ConfirmModal";
import { type Column, DataTable } from "../../components/DataTable";
import { type Dialog, useDialog } from "../../components/dialog";
import { type Fact, Facts } from "../../components/Facts";
import layout from "../../components/layout.module.css";
import { PageHeader } from "../../components/PageHeader";
import { useCan } from "../../components/session";
import { Empty, QueryView } from "../../components/states";
import { StatusBadge } from "../../components/StatusBadge";
import { Time } from "../../components/Time";
import { ACCOUNT_TONES, ORDER_TONES } from "./words";

export default function AcmeAccount() {
  const { accountId = "" } = useParams();
  const dialog = useDialog<"revoke">();
  const mayRevoke = useCan("acme:revoke");
  const query = useQuery({
    queryKey: acmeKeys.account(accountId),
    queryFn: ({ signal }) => getAcmeAccount(accountId, signal),
    refetchInterval: LIST_POLL_MS,
  });
  const account = query.data;
  const revoke = mayRevoke && account?.status === "valid" && (
    <Button variant="default" onClick={dialog.opens("revoke")}>
      Revoke
    </Button>
  );
  return (
    <>
      <PageHeader
        title={account?.contacts[0] ?? accountId}
        above={<BackLink to="/acme">ACME</BackLink>}
        badge={account && <StatusBadge status={account.status} tone={ACCOUNT_TONES[account.status]} />}
        description="An ACME account: the registration of a client."
        actions={revoke}
      />
      {isNotFound(query.error) ? (
        <Empty title="ACME account not found" icon="search" />
      ) : (
        <QueryView query={query} what="this ACME account">
          {(found) => <Cards account={found} />}
        </QueryView>
      )}
      {account !== undefined && <RevokeModal account={account} dialog={dialog} />}
    </>
  );
}

function Cards({ account }: { account: AccountRecord }) {
  const list = useList(acmeKeys.orders(account.id), (page) => listAcmeOrders(account.id, page), { refetchInterval: LIST_POLL_MS });
  return (
    <div className={layout.stack}>
      <Card title="Client">
        <Facts facts={factsOf(account)} />
      </Card>
      <Card title="Orders" flush>
        <DataTable list={list} columns={COLUMNS} rowKey={({ id }) => id} what="orders" empty={<Empty title="No orders" icon="inbox" />} />
      </Card>
    </div>
  );
}

function factsOf(account: AccountRecord): Fact[] {
  return [
    { term: "Account ID", value: <bdi>{account.id}</bdi> },
    { term: "Contacts", value: <bdi>{account.contacts.join(", ") || "None"}</bdi> },
    { term: "EAB key", value: <bdi>{account.eab_key_id}</bdi> },
    { term: "Service account", value: <CatalogLink kind="service-accounts" id={account.service_account_id} /> },
    { term: "Team", value: <CatalogLink kind="teams" id={account.team_id} /> },
    { term: "Key", value: <bdi>{`${account.key_type}, ${account.thumbprint}`}</bdi>, isLong: true },
    { term: "Registered", value: <Time at={account.created_at} /> },
    { term: "Last order", value: <Time at={account.last_seen_at} none="Never" /> },
    ...(account.ended_at === null ? [] : [{ term: "Ended", value: <Time at={account.ended_at} /> }]),
  ];
}

const COLUMNS: readonly Column<AcmeOrder>[] = [
  { id: "names", title: "Names", cell: ({ identifiers }) => <bdi>{identifiers.map(({ value }) => value).join(", ")}</bdi> },
  { id: "status", title: "Status", width: "140px", cell: ({ status }) => <StatusBadge status={status} tone={ORDER_TONES[status]} /> },
  {
    id: "certificate",
    title: "Certificate",
    hideWhenNarrow: true,
    cell: ({ certificate_id }) => (certificate_id === null ? "–" : <CertificateLink id={certificate_id} name={null} />),
  },
  { id: "created", title: "Ordered", width: "150px", hideWhenNarrow: true, cell: ({ created_at }) => <Time at={created_at} /> },
];

function RevokeModal({ account, dialog }: { account: AccountRecord; dialog: Dialog<"revoke"> }) {
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeAcmeAccount(account.id),
    onSuccess: dialog.close,
    onSettled: () => queries.invalidateQueries({ queryKey: acmeKeys.all }),
  });
  return (
    <ConfirmModal
      title="Revoke this ACME account?"
      action="Revoke ACME account"
      opened={dialog.open === "revoke"}
      onClose={dialog.close}
      onConfirm={() => revoke.mutate()}
      isBusy={revoke.isPending}
      error={revoke.error}
      isDangerous
    >
      <Text size="sm">
        Its client is refused from now on, and renews nothing. Certificates that were issued stay valid. This cannot be undone: the client
        registers again with another key.
      </Text>
    </ConfirmModal>
  );
}
