import type { TraceContext } from "../log-record.ts";
import { ignored, integer, list, readColumns, text } from "./columns.ts";
import { elbColumns } from "./elb-columns.ts";
import { parseIsoTime } from "./iso-time.ts";
import type { RecognisedLine } from "./line-format.ts";
import { tokenize } from "./tokenize.ts";

/** Elastic Load Balancing, "Access logs for your Application Load Balancer", in the order of the fields. */
const columns = [
  text("network.protocol.name"),
  ignored,
  ...elbColumns,
  text("aws.elb.target_group_arn"),
  text("aws.elb.aws_trace_id"),
  text("url.domain"),
  text("aws.elb.chosen_cert_arn"),
  integer("aws.elb.matched_rule_priority"),
  text("aws.elb.request_creation_time"),
  list("aws.elb.actions_executed", ","),
  text("aws.elb.redirect_url"),
  text("aws.elb.error_reason"),
  list("aws.elb.target_list", " "),
  list("aws.elb.target_status_code_list", " "),
  text("aws.elb.classification"),
  text("aws.elb.classification_reason"),
  text("aws.elb.connection_trace_id"),
  text("aws.elb.transformed_host"),
  text("aws.elb.transformed_uri"),
  text("aws.elb.request_transform_status"),
];
const types = new Set(["http", "https", "h2", "grpcs", "ws", "wss"]);
/** As many as the oldest lines have before their request. */
const minFields = 12;
const traceAt = 17;

/** A line of an access log of an Application Load Balancer. Its time is when the response was made. */
export function recogniseAlb(line: string): RecognisedLine | undefined {
  const tokens = tokenize(line);
  if (!tokens || tokens.length < minFields || !types.has(tokens[0] ?? "")) return undefined;
  const time = parseIsoTime(tokens[1] ?? "");
  if (!time) return undefined;
  return { time, attributes: readColumns(tokens, columns), trace: traceOf(tokens[traceAt] ?? "") };
}

/** `Root=1-58406520-a006649127e371903a2de979`: the id of a trace of X-Ray without its dashes. */
function traceOf(header: string): TraceContext | undefined {
  const [, seconds, random] = /(?:^|;)Root=1-([0-9a-f]{8})-([0-9a-f]{24})(?:;|$)/.exec(header) ?? [];
  return seconds === undefined ? undefined : { traceId: `${seconds}${random}` };
}
