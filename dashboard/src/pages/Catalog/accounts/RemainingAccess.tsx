import { apiKeyKeys, listKeysMadeBy } from "../../../api/apiKeys";
import { useList } from "../../../api/paging";
import { AccountLink } from "../../../components/AccountLink";
import { DrawerList } from "../DrawerList";
import { RuleLinks } from "./RuleLinks";

/** What a user made, and what works on while the user is disabled. */
export function RemainingAccess({ userId }: { userId: string }) {
  const list = useList(apiKeyKeys.madeBy(userId), (page) => listKeysMadeBy(userId, page));
  return (
    <>
      <DrawerList title="Machine keys that work on without the user" list={list} none="None: this user made no live key of others.">
        {list.rows.map(({ id, name, subject_id }) => (
          <li key={id}>
            <span title={id}>{name}</span>
            {subject_id !== null && <AccountLink id={subject_id} />}
          </li>
        ))}
      </DrawerList>
      <RuleLinks title="Trust rules that this user wrote" wanted={{ written_by: userId }} none="None." />
    </>
  );
}
