import "virtual:mantine-styles.css";
import "@mantine/notifications/styles.css";
import "./theme.css";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { SessionGate } from "./SessionGate";
import { theme } from "./theme";

interface AppProps {
  queryClient: QueryClient;
  children: ReactNode;
}

/** Everything around the router. Without Mantine's <style> elements: their content is in theme.css. */
export function App({ queryClient, children }: AppProps) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" />
        <SessionGate>{children}</SessionGate>
      </QueryClientProvider>
    </MantineProvider>
  );
}
