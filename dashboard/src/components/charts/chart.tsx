import { useQuery } from "@tanstack/react-query";
import type { ComponentType } from "react";

import { QueryView } from "../states";
import classes from "./ChartFigure.module.css";

interface Code<Props> {
  default: ComponentType<Props>;
}

const PATIENCE_MS = 20_000;

/**
 * A chart whose code comes when it is first shown. Where it does not come, that is said and it can be asked for again:
 * what React's `lazy` has once failed to load stays so.
 */
export function chart<Props extends object>(name: string, load: () => Promise<Code<Props>>): ComponentType<Props> {
  return function Chart(props: Props) {
    const query = useQuery({
      queryKey: ["code", name],
      queryFn: () => inTime(load()),
      staleTime: Infinity,
      gcTime: Infinity,
      structuralSharing: false,
    });
    return (
      <QueryView query={query} what="the chart">
        {({ default: Picture }) => (
          <div aria-hidden className={classes.drawn}>
            <Picture {...props} />
          </div>
        )}
      </QueryView>
    );
  };
}

async function inTime<Loaded>(loading: Promise<Loaded>): Promise<Loaded> {
  let timer: number | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = window.setTimeout(() => reject(new Error("Loading took too long.")), PATIENCE_MS);
  });
  return Promise.race([loading, late]).finally(() => window.clearTimeout(timer));
}
