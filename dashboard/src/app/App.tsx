import "virtual:mantine-styles.css";
import "./theme.css";

import { MantineProvider } from "@mantine/core";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Notices } from "../components/notices";
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
        <Notices />
        <SessionGate>{children}</SessionGate>
      </QueryClientProvider>
    </MantineProvider>
  );
}
