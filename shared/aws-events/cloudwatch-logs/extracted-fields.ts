import { asObject } from "../../json-document.ts";
import type { Attribute } from "../../otlp/write-attribute.ts";

/** What CloudWatch Logs read out of an event before it sent it. */
export interface Extracted {
  /** Where the event comes from, under central collection. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly fields: readonly Attribute[];
}

const none: Extracted = { fields: [] };
const maxFields = 100;
const accountShape = /^\d{12}$/;
const regionShape = /^[a-z]{2}(-[a-z]{2,12}){1,3}-\d$/;

/**
 * Reads `extractedFields`: `@aws.account` and `@aws.region` say where the event comes from, what a filter's pattern found becomes
 * attributes `aws.log.field.<name>`.
 */
export function extractedOf(extractedFields: unknown): Extracted {
  const object = asObject(extractedFields);
  if (!object) return none;
  const { "@aws.account": account, "@aws.region": region, ...others } = object;
  const fields = Object.entries(others)
    .slice(0, maxFields)
    .flatMap(([name, value]) => (typeof value === "string" ? [{ name: `aws.log.field.${name}`, value }] : []));
  return { account: matching(account, accountShape), region: matching(region, regionShape), fields };
}

function matching(value: unknown, shape: RegExp): string | undefined {
  return typeof value === "string" && shape.test(value) ? value : undefined;
}
