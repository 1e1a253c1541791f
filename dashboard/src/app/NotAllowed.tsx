import { featureOf } from "../api/session";
import { Empty } from "../components/states";
import { PageHeader } from "../components/PageHeader";
import { useSession } from "../components/session";
import type { PageDefinition } from "./pages";

/** Why a page is not there: this stack leaves it out, or the role has no access. */
export function NotAllowed({ page: { title, permission } }: { page: PageDefinition }) {
  const { features } = useSession();
  const feature = featureOf(permission);
  return (
    <>
      <PageHeader title={title} />
      {feature !== undefined && !features.has(feature) ? <LeftOut /> : <NoAccess />}
    </>
  );
}

function LeftOut() {
  return (
    <Empty title="This stack keeps no inventory" icon="ban">
      It was deployed with the parameter Inventory=false. Deployed with Inventory=true, it has this page.
    </Empty>
  );
}

function NoAccess() {
  const { role, providerId } = useSession();
  return (
    <Empty title="No access" icon="lock">
      The role {role} does not include this page. Ask an administrator of this stack for another role
      {providerId === null && ", or sign in with another API key"}.
    </Empty>
  );
}
