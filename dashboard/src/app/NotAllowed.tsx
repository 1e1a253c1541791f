import { PageHeader } from "../components/PageHeader";
import { Empty } from "../components/states";
import { useSession } from "../components/session";

export function NotAllowed({ title }: { title: string }) {
  const { role } = useSession();
  return (
    <>
      <PageHeader title={title} />
      <Empty title="No access" icon="lock">
        Keys with the role {role} cannot view this page. Sign in with another key.
      </Empty>
    </>
  );
}
