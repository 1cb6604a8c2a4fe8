import { decimal, endpoint, ignored, integer, readColumns, requestLine, text } from "./columns.ts";
import { parseIsoTime } from "./iso-time.ts";
import type { RecognisedLine } from "./line-format.ts";
import { tokenize } from "./tokenize.ts";

/** Elastic Load Balancing, "Access logs for your Classic Load Balancer", in the order of the fields. */
const columns = [
  ignored,
  text("cloud.resource_id"),
  endpoint("client.address", "client.port"),
  endpoint("destination.address", "destination.port"),
  decimal("aws.elb.request_processing_time"),
  decimal("aws.elb.target_processing_time"),
  decimal("aws.elb.response_processing_time"),
  integer("aws.elb.status.code"),
  integer("aws.elb.backend.status.code"),
  integer("http.request.size"),
  integer("http.response.size"),
  requestLine("url.full"),
  text("user_agent.original"),
  text("tls.cipher"),
  text("tls.protocol.version"),
];
const minFields = 11;

/** A line of an access log of a Classic Load Balancer: it begins with its time. */
export function recogniseClb(line: string): RecognisedLine | undefined {
  const tokens = tokenize(line);
  if (!tokens || tokens.length < minFields) return undefined;
  const time = parseIsoTime(tokens[0] ?? "");
  return time && { time, attributes: readColumns(tokens, columns) };
}
