import { Alert, Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { type CertificateDetails, certificateKeys, getCertificate } from "../../api/certificates";
import { useAddress } from "../../components/address";
import { valuesOf } from "../../components/certificateFields";
import { DETAILS, type Draft, EMPTY } from "./draft";
import { isEmpty } from "./draftStore";

/** All that a new certificate can have in common with this one: its key and request are its own. */
function draftFrom(certificate: CertificateDetails): Draft {
  const { common_name, name, sans } = certificate;
  return {
    ...EMPTY,
    common_name,
    sans: sans.filter((san) => san.replace(/^DNS:/, "") !== common_name),
    details: valuesOf(DETAILS, { ...certificate, name: name === common_name ? "" : name }),
  };
}

interface StartFromProps {
  draft: Draft;
  onFill: (draft: Draft) => void;
}

/** Fills the form in from the certificate in the address (`?from=`). What was filled in before is not lost unasked. */
export function StartFrom({ draft, onFill }: StartFromProps) {
  const { parameters, set } = useAddress();
  const id = parameters.get("from");
  const { data, error } = useQuery({
    queryKey: certificateKeys.one(id ?? ""),
    queryFn: ({ signal }) => getCertificate(id ?? "", signal),
    enabled: id !== null,
  });
  const isFree = isEmpty(draft);
  const done = () => set({ from: null });
  const fill = () => {
    if (data !== undefined) onFill(draftFrom(data));
    done();
  };
  useEffect(() => {
    if (data !== undefined && isFree) fill();
  });
  if (id === null) return null;
  if (error !== null) return <Alert color="yellow" mb="md" title="Could not load the certificate to start from" />;
  if (data === undefined || isFree) return null;
  return (
    <Alert color="yellow" mb="md" title="You have an unfinished request">
      <Group gap="xs" mt="xs">
        <Button size="xs" variant="default" onClick={done}>
          Continue with it
        </Button>
        <Button size="xs" onClick={fill}>
          Start over from {data.name}
        </Button>
      </Group>
    </Alert>
  );
}
