import { Anchor, Button, Text } from "@mantine/core";
import { Link } from "react-router";

import { API_VERSION } from "../../api/service";
import { useActorNames } from "../../components/actors";
import { useRecordName } from "../../components/catalog/options";
import { ColorScheme } from "../../components/ColorScheme";
import { useSession } from "../../components/session";
import { Card } from "../../components/Card";
import { Facts } from "../../components/Facts";
import { Icon } from "../../components/Icon";
import { Mono } from "../../components/Mono";
import { PageHeader } from "../../components/PageHeader";
import { Time } from "../../components/Time";
import { Keys } from "./Keys";
import classes from "./Settings.module.css";
import { TeamNames } from "./TeamNames";

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
  const keyName = useActorNames();
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
          ...(keyId === null ? [] : [{ term: "Key", value: <Named id={keyId} name={keyName(keyId)} what="the key's id" /> }]),
          ...(providerId === null ? [] : [{ term: "Identity provider", value: <ProviderName id={providerId} /> }]),
          { term: "Ends", value: <Time at={expiresAt} none="never" /> },
          { term: "Teams", value: teams === "*" ? "All" : <TeamNames ids={teams} /> },
        ]}
      />
    </Card>
  );
}

function Named({ id, name, what }: { id: string; name: string; what: string }) {
  return (
    <>
      {name !== id && <>{name} </>}
      <Mono copies={what}>{id}</Mono>
    </>
  );
}

function ProviderName({ id }: { id: string }) {
  return <bdi title={id}>{useRecordName("identity-providers", id) ?? id}</bdi>;
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
          {
            term: "API",
            value: (
              <Anchor component={Link} to="/reference" inherit>
                API reference
              </Anchor>
            ),
          },
        ]}
      />
    </Card>
  );
}
