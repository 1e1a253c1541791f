import type { ComponentType } from "react";

import type { AnyRow, CatalogKind, Row } from "../../api/catalog";
import type { Permission } from "../../api/permissions";
import type { Column } from "../../components/DataTable";
import type { Fact } from "../../components/Facts";
import type { IconName } from "../../components/Icon";
import type { Draft, Field, Option, Problems, Section } from "./fields";

/** What a form gives to what tries its contents before they are saved. */
export interface TrialProps {
  /** The record as it is stored; null: a new one. */
  row: AnyRow | null;
  fields: readonly Field[];
  draft: Draft;
  onProblems: (problems: Problems) => void;
}

/** All that a page of the catalog knows of its kind. */
export interface Description<Kind extends CatalogKind> {
  kind: Kind;
  title: string;
  /** "renewal policy", within a sentence. */
  one: string;
  icon: IconName;
  description: string;
  /** What is said where there are none. */
  empty: string;
  write: Permission;
  /** Come with every stack: they can be edited, not deleted. */
  builtIns?: readonly string[];
  /** Those to filter by. */
  types?: readonly Option[];
  /** That its list can be filtered by. */
  statuses?: readonly Option[];
  hasTeam?: true;
  /** Beside the name. */
  columns: readonly Column<Row<Kind>>[];
  /** The second line of a row. */
  below?: (row: Row<Kind>) => string;
  facts: (row: Row<Kind>) => readonly Fact[];
  sections: (draft: Draft) => readonly Section[];
  /** Another way to a new one, offered first. */
  Start?: ComponentType;
  /** What deleting it means. */
  deletion: string;
  /** The API chooses its ID. */
  hasGivenId?: true;
  /** Between "Edit" and "Delete", for those who may write. */
  Switch?: ComponentType<{ row: Row<Kind> }>;
  /** Kinds that the API can test. */
  test?: "issuers" | "targets";
  /** Below the fields in the form. */
  Trial?: ComponentType<TrialProps>;
  /** Below the facts in the drawer. */
  More?: ComponentType<{ row: Row<Kind> }>;
}
