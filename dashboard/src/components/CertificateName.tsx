import { useQuery } from "@tanstack/react-query";

import { certificateKeys, getCertificate } from "../api/certificates";

const NAME_IS_GOOD_FOR_MS = 300_000;

/** Its common name, where there is nothing but ids; its id until that is read, and where it cannot be. */
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
