import { useQuery } from "@tanstack/react-query";

import { type Certificate, getCertificate } from "../../api/certificates";
import { isNotFound } from "../../api/errors";
import { eachOf } from "./eachOf";

/** The records as they are now, and the ids that are in nobody's reach any more. */
export function useCertificates(ids: readonly string[]) {
  return useQuery({
    queryKey: ["certificates", "bulk", ids],
    queryFn: async ({ signal }) => {
      const found = new Map<string, Certificate>();
      await eachOf(ids, async (id) => {
        const record = await orNull(getCertificate(id, signal));
        if (record !== null) found.set(id, record);
      });
      return { rows: ids.flatMap((id) => found.get(id) ?? []), missing: ids.filter((id) => !found.has(id)) };
    },
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
}

async function orNull(read: Promise<Certificate>): Promise<Certificate | null> {
  try {
    return await read;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
