import { Anchor, Drawer, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { acmeKeys, type EabKey, getEabKey } from "../../api/acme";
import { isNotFound } from "../../api/errors";
import { LIST_POLL_MS } from "../../api/polling";
import { AccountLink } from "../../components/AccountLink";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { type Fact, Facts } from "../../components/Facts";
import { useShownRow } from "../../components/openRow";
import { useCan } from "../../components/session";
import { Empty, QueryView } from "../../components/states";
import { StatusBadge } from "../../components/StatusBadge";
import { Time } from "../../components/Time";
import { AccountList } from "./AccountList";
import { EabKeyActions } from "./EabKeyActions";
import { MODES, placesOf, stateOf } from "./words";

/** One EAB key: what its clients may order, and who they are. */
export function EabKeyDrawer() {
  const { isOpen, shownId, close } = useShownRow();
  const id = shownId ?? "";
  const query = useQuery({
    queryKey: acmeKeys.eabKey(id),
    queryFn: ({ signal }) => getEabKey(id, signal),
    enabled: isOpen,
    refetchInterval: LIST_POLL_MS,
  });
  return (
    <Drawer opened={isOpen} onClose={close} position="right" size={600} title={query.data?.name ?? "EAB key"}>
      {isNotFound(query.error) ? (
        <Empty title="EAB key not found" icon="search">
          It may have been deleted, or belong to a team that you cannot access.
        </Empty>
      ) : (
        <QueryView query={query} what="the EAB key">
          {(eabKey) => <Details eabKey={eabKey} />}
        </QueryView>
      )}
    </Drawer>
  );
}

function Details({ eabKey }: { eabKey: EabKey }) {
  const mayReadCertificates = useCan("certificates:read");
  return (
    <Stack gap="lg">
      <EabKeyActions eabKey={eabKey} />
      <Facts facts={factsOf(eabKey)} />
      {mayReadCertificates && (
        <Anchor component={Link} to={`/certificates?acme_eab_key=${eabKey.id}`} size="sm">
          Certificates of its clients
        </Anchor>
      )}
      <AccountList eabKeyId={eabKey.id} />
    </Stack>
  );
}

function factsOf(key: EabKey): Fact[] {
  const state = stateOf(key);
  return [
    { term: "State", value: <StatusBadge status={state.label} tone={state.tone} /> },
    { term: "Key ID", value: <bdi>{key.id}</bdi> },
    { term: "Names", value: <bdi>{key.names.join(", ")}</bdi>, isLong: true },
    { term: "Wildcard names", value: key.wildcards ? "Allowed" : "Refused" },
    { term: "Authorization", value: MODES[key.authorization] },
    ...(key.challenges.length === 0 ? [] : [{ term: "Challenges", value: key.challenges.join(", ") }]),
    { term: "ACME accounts", value: placesOf(key) },
    { term: "Networks", value: <bdi>{key.source_cidrs.join(", ") || "Any"}</bdi> },
    { term: "Service account", value: <CatalogLink kind="service-accounts" id={key.service_account_id} /> },
    { term: "Team", value: <CatalogLink kind="teams" id={key.team_id} /> },
    { term: "Owner", value: <CatalogLink kind="owners" id={key.owner_id} /> },
    { term: "Issuer", value: <CatalogLink kind="issuers" id={key.issuer_id} /> },
    { term: "Profiles", value: <bdi>{key.profile_ids.join(", ")}</bdi> },
    { term: "Registers until", value: <Time at={key.expires_at} none="No end" /> },
    { term: "Created", value: <Time at={key.created_at} /> },
    { term: "Created by", value: <AccountLink id={key.made_by} /> },
    ...(key.revoked_at === null ? [] : [{ term: "Revoked", value: <Time at={key.revoked_at} /> }]),
  ];
}
