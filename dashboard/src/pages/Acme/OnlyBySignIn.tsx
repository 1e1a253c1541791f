import { Code, Text } from "@mantine/core";

/** Why a session that began with an API key makes no EAB keys, and what does. */
export function OnlyBySignIn() {
  return (
    <Text size="sm" c="dimmed" mb="sm">
      A session that began with an API key makes no EAB keys: sign in with an identity provider, or use <Code>certctl acme eab create</Code>
      .
    </Text>
  );
}
