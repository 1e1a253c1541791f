import { notifications } from "@mantine/notifications";
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";

import { certificateKeys } from "../../api/certificates";
import { jobKeys } from "../../api/jobs";
import { notificationKeys } from "../../api/notifications";

interface Deed<Input, Result> {
  run: (input: Input) => Promise<Result>;
  /** Said once it is done. */
  title: (result: Result) => string;
  message?: (result: Result) => string;
  onDone: () => void;
}

/** All that shows what became of a certificate. */
export async function readAnew(queries: QueryClient): Promise<void> {
  const keys = [certificateKeys.all, jobKeys.all, notificationKeys.all, ["audit"], ["stats"]];
  await Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })));
}

/** A write to a certificate: everything that shows it is read again, nothing is shown before the API has done it. */
export function useDeed<Input, Result>({ run, title, message, onDone }: Deed<Input, Result>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: async (result) => {
      notifications.show({ color: "green", title: title(result), message: message?.(result) });
      onDone();
      await readAnew(queries);
    },
  });
}
