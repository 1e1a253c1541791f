import { Anchor } from "@mantine/core";
import { Link } from "react-router";

import { PageHeader } from "../components/PageHeader";
import { Empty } from "../components/states";

export function NotFound() {
  return (
    <>
      <PageHeader title="Page not found" />
      <Empty title="There is no page at this URL" icon="search">
        Go to the{" "}
        <Anchor component={Link} to="/" underline="always">
          overview
        </Anchor>
        .
      </Empty>
    </>
  );
}
