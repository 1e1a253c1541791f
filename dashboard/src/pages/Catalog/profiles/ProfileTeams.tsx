import { Group } from "@mantine/core";

import type { Row } from "../../../api/catalog";
import { CatalogLink } from "../../../components/catalog/CatalogName";
import { isOpenToAny } from "../../../components/catalog/profileTeams";
import { useSession } from "../../../components/session";
import { StatusBadge } from "../../../components/StatusBadge";

interface ProfileTeamsProps {
  teams: Row<"profiles">["teams"];
}

/** The teams that may use a profile, and whether the reader's are not among them. */
export function ProfileTeams({ teams }: ProfileTeamsProps) {
  const { teams: own } = useSession();
  if (teams === null) return "All";
  return (
    <Group gap={6}>
      {teams.map((id) => (
        <CatalogLink key={id} kind="teams" id={id} />
      ))}
      {!isOpenToAny(teams, own) && <StatusBadge status="Not yours" tone="idle" />}
    </Group>
  );
}
