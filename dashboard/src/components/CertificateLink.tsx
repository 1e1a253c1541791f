import { Anchor } from "@mantine/core";
import { Link } from "react-router";

interface CertificateLinkProps {
  id: string | null;
  /** As the row carries it: rows of earlier releases have none. */
  name: string | null;
  className?: string | undefined;
}

export function CertificateLink({ id, name, className = "" }: CertificateLinkProps) {
  if (id === null) return "–";
  return (
    <Anchor component={Link} to={`/certificates/${id}`} className={className} title={`${name ?? ""} (${id})`} inherit>
      <bdi>{name ?? id}</bdi>
    </Anchor>
  );
}
