import { Alert, Button, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";

import { testRecord } from "../../api/catalog";
import { messageOf } from "../../api/errors";
import { Icon } from "../../components/Icon";
import classes from "./Catalog.module.css";

/** Asks the API to check a record at once; checks that failed are an answer, too. */
export function TestButton({ kind, id }: { kind: "issuers" | "targets"; id: string }) {
  const test = useMutation({ mutationFn: () => testRecord(kind, id) });
  return (
    <section className={classes.drawerSection} aria-label="Test">
      <Button
        size="xs"
        variant="default"
        leftSection={<Icon name="play" size={14} />}
        loading={test.isPending}
        onClick={() => test.mutate()}
      >
        Test it now
      </Button>
      <div role="status">
        {test.data !== undefined && (
          <>
            <Text size="sm" fw={600} mt="sm" mb={6}>
              {test.data.passed ? "All checks passed" : "Not all checks passed"}
            </Text>
            <ul className={classes.checks}>
              {test.data.checks.map(({ name, passed, detail }) => (
                <li key={name} data-passed={passed}>
                  <Icon name={passed ? "check" : "alert"} size={16} />
                  <span>
                    <b>{name.replaceAll("_", " ")}</b> {passed ? "passed" : "failed"}
                    {detail !== "" && `: ${detail}`}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      {test.error !== null && (
        <Alert color="red" role="alert" mt="sm">
          {messageOf(test.error)}
        </Alert>
      )}
    </section>
  );
}
