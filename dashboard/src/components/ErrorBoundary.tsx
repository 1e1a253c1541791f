import { Component, type ReactNode } from "react";

import { PageLoadError } from "./lazyPage";
import { Failure } from "./states";

interface Props {
  children: ReactNode;
  /** The error is forgotten when this changes: the path of the page. */
  resetKey: string;
  /** Asks for a new document. */
  reload?: () => void;
}

interface State {
  error: Error | null;
  resetKey: string;
}

/** Keeps a page that breaks from taking the navigation with it. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, resetKey: this.props.resetKey };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error("Something went wrong.") };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.resetKey === state.resetKey ? null : { error: null, resetKey: props.resetKey };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    if (this.state.error instanceof PageLoadError) {
      const { reload = () => window.location.reload() } = this.props;
      return <Failure error={this.state.error} what="this page" action="Reload the dashboard" onRetry={reload} />;
    }
    return <Failure error={this.state.error} what="this page" onRetry={() => this.setState({ error: null })} />;
  }
}
