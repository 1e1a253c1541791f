import { PageHeader } from "../components/PageHeader";
import { Empty } from "../components/states";
import { useSession } from "./session";

export function NotAllowed({ title }: { title: string }) {
  const { role } = useSession();
  return (
    <>
      <PageHeader title={title} />
      <Empty title="Not for this key" icon="lock">
        Keys of role {role} cannot read this page. Sign in with another key to see it.
      </Empty>
    </>
  );
}
