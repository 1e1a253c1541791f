import { PageHeader } from "../../components/PageHeader";

export default function CertificateDetail() {
  return <PageHeader title="Certificate" />;
}
