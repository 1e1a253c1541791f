import { Code, Text, Title } from "@mantine/core";
import { Link } from "react-router";

import { acmeKeys, listEabKeysShownTo } from "../../../api/acme";
import { apiKeyKeys, listKeysMadeBy } from "../../../api/apiKeys";
import { useList } from "../../../api/paging";
import { Can, useSession } from "../../../components/session";
import { AccountLink } from "../../../components/AccountLink";
import { DrawerList } from "../DrawerList";
import { RuleLinks } from "./RuleLinks";

/** What a user made, and what works on while the user is disabled. */
export function RemainingAccess({ userId }: { userId: string }) {
  // A session of a key lists no keys of others.
  const isOfKey = useSession().keyId !== null;
  return (
    <>
      {isOfKey ? <NotListed /> : <MachineKeys userId={userId} />}
      <Can permission="acme:read">
        <EabKeys userId={userId} />
      </Can>
      <RuleLinks title="Trust rules that this user wrote" wanted={{ written_by: userId }} none="None." />
    </>
  );
}

function EabKeys({ userId }: { userId: string }) {
  const list = useList(acmeKeys.shownTo(userId), (page) => listEabKeysShownTo(userId, page));
  return (
    <DrawerList title="EAB keys whose secret this user was shown" list={list} none="None: this user was shown no secret that still works.">
      {list.rows.map(({ id, name }) => (
        <li key={id}>
          <Link to={`/acme?open=${id}`}>{name}</Link>
        </li>
      ))}
    </DrawerList>
  );
}

const MACHINE_KEYS = "Machine keys that work on without the user";

function NotListed() {
  return (
    <section aria-label={MACHINE_KEYS}>
      <Title order={3} size="h5">
        {MACHINE_KEYS}
      </Title>
      <Text size="sm" c="dimmed">
        Not listed in a session that began with an API key: sign in with an identity provider, or use <Code>certctl keys list</Code>.
      </Text>
    </section>
  );
}

function MachineKeys({ userId }: { userId: string }) {
  const list = useList(apiKeyKeys.madeBy(userId), (page) => listKeysMadeBy(userId, page));
  return (
    <DrawerList title={MACHINE_KEYS} list={list} none="None: this user made no live key of others.">
      {list.rows.map(({ id, name, subject_id }) => (
        <li key={id}>
          <span title={id}>{name}</span>
          {subject_id !== null && <AccountLink id={subject_id} />}
        </li>
      ))}
    </DrawerList>
  );
}
