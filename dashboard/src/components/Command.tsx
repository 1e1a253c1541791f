import { Code } from "@mantine/core";

import classes from "./Command.module.css";
import { Copy } from "./Mono";

/** A command for a terminal, and a button that copies it. `what` names it: "the enrollment command". */
export function Command({ text, what }: { text: string; what: string }) {
  return (
    <div className={classes.command}>
      <Code block className={classes.code ?? ""}>
        {text}
      </Code>
      <Copy value={text} what={what} />
    </div>
  );
}
