import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { messageOf } from "../../api/errors";
import { readApiVersion } from "../../api/service";
import { ColorScheme } from "../../app/ColorScheme";
import { useSession } from "../../app/session";
import { Card } from "../../components/Card";
import { Facts } from "../../components/Facts";
import { Icon } from "../../components/Icon";
import { Mono } from "../../components/Mono";
import { PageHeader } from "../../components/PageHeader";
import { Keys } from "./Keys";
import classes from "./Settings.module.css";

export default function Settings() {
  return (
    <>
      <PageHeader title="Settings" description="Keys of the API, and how this dashboard is used." />
      <div className={classes.stack}>
        <Keys />
        <div className={classes.pair}>
          <Session />
          <Appearance />
        </div>
        <Server />
      </div>
    </>
  );
}

function Session() {
  const { name, role, keyId, teams, signOut } = useSession();
  return (
    <Card
      title="This session"
      description="The key is kept for this tab only, and forgotten with it."
      actions={
        <Button size="xs" variant="default" leftSection={<Icon name="signOut" size={14} />} onClick={signOut}>
          End session
        </Button>
      }
    >
      <Facts
        facts={[
          { term: "Role", value: role },
          { term: "Name", value: name },
          { term: "Key", value: <Mono copies="the key's id">{keyId}</Mono> },
          { term: "Teams", value: teamsInWords(teams) },
        ]}
      />
    </Card>
  );
}

function teamsInWords(teams: string[] | "*"): string {
  return teams === "*" ? "all" : teams.join(", ");
}

function Appearance() {
  return (
    <Card title="Appearance">
      <div className={classes.scheme}>
        <ColorScheme />
      </div>
      <Text size="sm" c="dimmed">
        Light, as the system, or dark. Kept in this browser.
      </Text>
    </Card>
  );
}

function Server() {
  const version = useQuery({ queryKey: ["service", "version"], queryFn: ({ signal }) => readApiVersion(signal), staleTime: Infinity });
  const known = version.data ?? (version.isPending ? "…" : "not told by the API");
  return (
    <Card
      title="Server"
      description="Channels, rules and keys are set here. Everything else is a parameter of the deployment, and changes with it."
    >
      <Facts
        facts={[
          { term: "Address", value: <Mono copies="the address">{window.location.origin}</Mono> },
          { term: "API version", value: version.error === null ? known : messageOf(version.error) },
          { term: "Description of the API", value: <Mono copies="its address">{`${window.location.origin}/api/v1/openapi.json`}</Mono> },
        ]}
      />
    </Card>
  );
}
