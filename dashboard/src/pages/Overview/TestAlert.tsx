import { Button, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { type ChannelTest, testChannel } from "../../api/channels";
import { messageOf } from "../../api/errors";
import { statsKeys } from "../../api/stats";

/** Sends a test through a channel; the numbers of the page then count it. */
export function TestAlert({ channelId }: { channelId: string }) {
  const queries = useQueryClient();
  const test = useMutation({
    mutationFn: () => testChannel(channelId),
    onSettled: () => queries.invalidateQueries({ queryKey: statsKeys.all }),
  });
  return (
    <>
      <Button size="xs" variant="default" mt={6} loading={test.isPending} onClick={() => test.mutate()}>
        Send a test to {channelId}
      </Button>
      {(test.isSuccess || test.isError) && (
        <Text size="sm" mt={4} role="status">
          {test.isError ? messageOf(test.error) : resultOf(test.data)}
        </Text>
      )}
    </>
  );
}

function resultOf({ outcome, error }: ChannelTest): string {
  const wentThrough = outcome === "delivered" || outcome === "accepted";
  return wentThrough ? "The test went through: see whether it has arrived." : `The test failed: ${error}.`;
}
