import { PageHeader } from "../../components/PageHeader";

export default function Certificates() {
  return <PageHeader title="Certificates" />;
}
