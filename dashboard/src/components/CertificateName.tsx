import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { certificateKeys, getCertificate } from "../api/certificates";

const NAME_IS_GOOD_FOR_MS = 300_000;

/** Its common name; its id until that is read, and where it cannot be. Rows that scroll by give up their reading. */
export function useCertificateName(id: string | null): string | null {
  const { data } = useQuery({
    queryKey: certificateKeys.one(id ?? ""),
    queryFn: ({ signal }) => getCertificate(id ?? "", signal),
    enabled: id !== null,
    staleTime: NAME_IS_GOOD_FOR_MS,
    retry: false,
  });
  return data?.common_name ?? id;
}

interface CertificateLinkProps {
  id: string | null;
  className?: string | undefined;
}

export function CertificateLink({ id, className = "" }: CertificateLinkProps) {
  const name = useCertificateName(id);
  if (id === null) return "–";
  return (
    <Anchor component={Link} to={`/certificates/${id}`} className={className} title={`${name ?? ""} (${id})`} inherit>
      {name}
    </Anchor>
  );
}
