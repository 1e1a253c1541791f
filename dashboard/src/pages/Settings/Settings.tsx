import { Button, Text } from "@mantine/core";

import { API_VERSION } from "../../api/service";
import { ColorScheme } from "../../components/ColorScheme";
import { useSession } from "../../components/session";
import { Card } from "../../components/Card";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { Facts } from "../../components/Facts";
import { Icon } from "../../components/Icon";
import { Mono } from "../../components/Mono";
import { PageHeader } from "../../components/PageHeader";
import { Time } from "../../components/Time";
import { Keys } from "./Keys";
import classes from "./Settings.module.css";

export default function Settings() {
  return (
    <>
      <PageHeader title="Settings" description="API keys and preferences." />
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
  const { name, role, keyId, providerId, teams, expiresAt, signOut } = useSession();
  return (
    <Card
      title="This session"
      description="In this browser, in a cookie that no script can read."
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
          ...(keyId === null ? [] : [{ term: "Key", value: <Mono copies="the key's id">{keyId}</Mono> }]),
          ...(providerId === null ? [] : [{ term: "Identity provider", value: <Mono>{providerId}</Mono> }]),
          { term: "Ends", value: <Time at={expiresAt} none="never" /> },
          { term: "Teams", value: teams === "*" ? "All" : <TeamNames ids={teams} /> },
        ]}
      />
    </Card>
  );
}

function TeamNames({ ids }: { ids: readonly string[] }) {
  return (
    <>
      {ids.map((id, index) => (
        <span key={id}>
          {index > 0 && ", "}
          <CatalogLink kind="teams" id={id} />
        </span>
      ))}
    </>
  );
}

function Appearance() {
  return (
    <Card title="Appearance">
      <div className={classes.scheme}>
        <ColorScheme />
      </div>
      <Text size="sm" c="dimmed">
        Light, dark, or the setting of your system. Saved in this browser.
      </Text>
    </Card>
  );
}

function Server() {
  return (
    <Card title="Server" description="Channels, rules and keys are managed here. Everything else is a parameter of the deployment.">
      <Facts
        facts={[
          { term: "Address", value: <Mono copies="the address">{window.location.origin}</Mono> },
          { term: "Version", value: API_VERSION },
          { term: "API description", value: <Mono copies="its address">{`${window.location.origin}/api/v1/openapi.json`}</Mono> },
        ]}
      />
    </Card>
  );
}
