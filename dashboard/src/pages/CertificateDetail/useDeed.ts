import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { readAnew } from "../../api/readAnew";

interface Deed<Input, Result> {
  run: (input: Input) => Promise<Result>;
  /** Said once it is done. */
  title: (result: Result) => string;
  message?: (result: Result) => string;
  onDone: () => void;
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
