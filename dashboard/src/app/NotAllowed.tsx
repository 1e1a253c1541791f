import { PageHeader } from "../components/PageHeader";
import { Empty } from "../components/states";
import { useSession } from "../components/session";

export function NotAllowed({ title }: { title: string }) {
  const { role, providerId } = useSession();
  return (
    <>
      <PageHeader title={title} />
      <Empty title="No access" icon="lock">
        The role {role} does not include this page. Ask an administrator of this stack for another role
        {providerId === null && ", or sign in with another API key"}.
      </Empty>
    </>
  );
}
