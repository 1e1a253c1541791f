import { Alert, Anchor, Button, Code, FileButton, Group, List, Stack, Text, Textarea } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { type DragEvent, useState } from "react";

import { Icon } from "../Icon";
import { checkPem, MOST_BYTES } from "./checkPem";
import classes from "./CsrField.module.css";
import type { CsrSummary } from "./readCsr";
import { subjectTexts } from "./subject";

interface CsrFieldProps {
  value: string;
  onChange: (text: string) => void;
  /** What the API says about it. */
  error?: string | undefined;
  label?: string;
  /** Takes the focus when its dialog opens. */
  isFirst?: boolean;
}

export const KEY_REFUSED = "Certificates cannot be issued for this key. Use RSA with 2048 to 4096 bits, P-256, P-384 or Ed25519.";

const EXAMPLE = `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \\
  -keyout shop.key -out shop.csr -subj "/CN=shop.example.com" \\
  -addext "subjectAltName=DNS:shop.example.com"`;

/** A request, pasted, dropped or chosen as a file. A private key never stays in it. */
export function CsrField({ value, onChange, error, label = "Certificate signing request (PEM)", isFirst = false }: CsrFieldProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [hadKey, setHadKey] = useState(false);
  const check = value.trim() === "" ? null : checkPem(value);
  const take = (text: string) => {
    const isKey = checkPem(text).kind === "private-key";
    setHadKey(isKey);
    setProblem(null);
    onChange(isKey ? "" : text);
  };
  const takeFile = async (file: File | null | undefined) => {
    if (!file) return;
    // A request is small: whatever is not is never read.
    if (file.size > MOST_BYTES) setProblem(`${file.name} is too large for a CSR.`);
    else take(await file.text());
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void takeFile(event.dataTransfer.files[0]);
  };
  return (
    <Stack gap="xs" onDrop={drop} onDragOver={(event) => event.preventDefault()}>
      <Textarea
        label={label}
        placeholder="-----BEGIN CERTIFICATE REQUEST-----"
        value={value}
        onChange={(event) => take(event.currentTarget.value)}
        error={problem ?? error ?? (check?.kind === "wrong" ? check.reason : null)}
        rows={7}
        data-autofocus={isFirst || undefined}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: classes.pem ?? "" }}
      />
      <Group gap="sm">
        <FileButton onChange={(file) => void takeFile(file)} accept=".csr,.pem,.req,.p10,application/pkcs10">
          {(props) => (
            <Button variant="default" size="xs" leftSection={<Icon name="upload" size={14} />} {...props}>
              Choose a file
            </Button>
          )}
        </FileButton>
        <Text size="xs" c="dimmed">
          or drop it here
        </Text>
      </Group>
      {hadKey && <KeyWarning />}
      {check?.kind === "ok" && <Summary pem={check.pem} />}
      <Help />
    </Stack>
  );
}

function KeyWarning() {
  return (
    <Alert color="red" title="That was a private key" role="alert">
      It was not sent and has been removed from this form. Keep it where it is, and paste the CSR that was created with it.
    </Alert>
  );
}

/** What the request asks for. Fails where it cannot be decoded. */
export function csrSummaryQuery(pem: string | null) {
  return queryOptions({
    queryKey: ["csr-summary", pem],
    queryFn: async () => (await import("./readCsr")).readCsr(pem ?? ""),
    enabled: pem !== null,
    staleTime: Infinity,
    retry: false,
  });
}

function Summary({ pem }: { pem: string }) {
  const { data, isError } = useQuery(csrSummaryQuery(pem));
  if (isError) return <Alert color="yellow">This cannot be decoded as a CSR. The API would reject it.</Alert>;
  if (data === undefined) return null;
  return (
    <Alert color={data.isKeyRefused ? "yellow" : "green"} title="In this CSR">
      <Names summary={data} />
      {data.isKeyRefused && KEY_REFUSED}
    </Alert>
  );
}

function Names({ summary }: { summary: CsrSummary }) {
  return (
    <List size="sm" listStyleType="none">
      <List.Item>Common name: {summary.commonName ?? "none"}</List.Item>
      <List.Item>Subject alternative names: {summary.sans.length > 0 ? summary.sans.join(", ") : "none"}</List.Item>
      {Object.keys(summary.subject).length > 0 && <List.Item>Subject: {subjectTexts(summary.subject).join(", ")}</List.Item>}
      <List.Item>Key: {summary.key}</List.Item>
    </List>
  );
}

function Help() {
  const [isOpen, setOpen] = useState(false);
  return (
    <div>
      <Anchor component="button" type="button" size="xs" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        How do I create one?
      </Anchor>
      {isOpen && (
        <Code block mt={6}>
          {EXAMPLE}
        </Code>
      )}
    </div>
  );
}
