/** The types of issuers and targets as the API describes them: catalogTypes.json is written from the API's own
 *  definitions (tests/support/catalog/types.py), and held to them by a test. */

import type { IssuerType, TargetType } from "../api/catalogTypes";
import described from "./catalogTypes.json";

export const ISSUER_TYPES = described.issuers as readonly IssuerType[];
export const TARGET_TYPES = described.targets as readonly TargetType[];

/** Kinds of the API's own test tree, which no stack has. */
export const FICTITIOUS_ISSUER = described.fictitious_issuer as unknown as IssuerType;
export const FICTITIOUS_TARGET = described.fictitious_target as unknown as TargetType;
