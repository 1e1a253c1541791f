import { Alert, Text } from "@mantine/core";

import { counted } from "../../components/words/count";
import { Refusals } from "./Refusals";
import type { Found } from "./useFiles";

/** What the chosen files have, before anything is sent. */
export function FoundFiles({ found, isReading }: { found: Found; isReading: boolean }) {
  const { files, certificates, privateKeys, refusals } = found;
  if (files === 0) return null;
  return (
    <>
      <Text size="sm" role="status">
        {counted(certificates, "certificates")} in {counted(files, "files")}
        {isReading && ", and reading on…"}
      </Text>
      {privateKeys > 0 && (
        <Alert color="yellow" title={`${counted(privateKeys, "private keys")} left out`}>
          They were recognized here in the browser and dropped. They are not sent.
        </Alert>
      )}
      <Refusals title="Not imported" problems={refusals} />
    </>
  );
}
