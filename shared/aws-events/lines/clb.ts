import { ignored, readColumns } from "./columns.ts";
import { elbColumns } from "./elb-columns.ts";
import { parseIsoTime } from "./iso-time.ts";
import type { RecognisedLine } from "./line-format.ts";
import { tokenize } from "./tokenize.ts";

/** Elastic Load Balancing, "Access logs for your Classic Load Balancer", in the order of the fields. */
const columns = [ignored, ...elbColumns];
const minFields = 11;

/** A line of an access log of a Classic Load Balancer: it begins with its time. */
export function recogniseClb(line: string): RecognisedLine | undefined {
  const tokens = tokenize(line);
  if (!tokens || tokens.length < minFields) return undefined;
  const time = parseIsoTime(tokens[0] ?? "");
  return time && { time, attributes: readColumns(tokens, columns) };
}
