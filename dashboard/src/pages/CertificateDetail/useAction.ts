import { useMutation, useQueryClient } from "@tanstack/react-query";

import { notify } from "../../components/notices";
import { refetchAfterWrite } from "../../api/refetchAfterWrite";

interface Action<Input, Result> {
  run: (input: Input) => Promise<Result>;
  /** Said once it is done. */
  title: (result: Result) => string;
  message?: (result: Result) => string;
  onDone: () => void;
}

/** A write to a certificate: everything that shows it is read again, nothing is shown before the API has done it. */
export function useAction<Input, Result>({ run, title, message, onDone }: Action<Input, Result>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: async (result) => {
      notify({ color: "green", title: title(result), message: message?.(result) });
      onDone();
      await refetchAfterWrite(queries);
    },
  });
}
