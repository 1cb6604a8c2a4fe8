import { type Column, endpoint, ignored, integer, readColumns, text } from "./columns.ts";
import { parseIsoTime } from "./iso-time.ts";
import type { RecognisedLine } from "./line-format.ts";
import { tokenize } from "./tokenize.ts";

/** `"h2","http/1.1"`: one field of several quoted texts, which the tokenizer took for one. */
const preferences: Column = (value, into) => {
  into.push({ name: "aws.elb.alpn_client_preference_list", value: value.split('","') });
};

/** Elastic Load Balancing, "Access logs for your Network Load Balancer", in the order of the fields. Times are milliseconds. */
const columns = [
  text("network.protocol.name"),
  text("network.protocol.version"),
  ignored,
  text("cloud.resource_id"),
  text("aws.elb.tls.listener.resource_id"),
  endpoint("client.address", "client.port"),
  endpoint("destination.address", "destination.port"),
  integer("aws.elb.connection_time"),
  integer("aws.elb.tls_handshake_time"),
  integer("http.request.size"),
  integer("http.response.size"),
  text("aws.elb.incoming_tls_alert"),
  text("aws.elb.chosen_cert_arn"),
  text("aws.elb.chosen_cert_serial"),
  text("tls.cipher"),
  text("tls.protocol.version"),
  text("aws.elb.tls_named_group"),
  text("url.domain"),
  text("aws.elb.alpn_fe_protocol"),
  text("aws.elb.alpn_be_protocol"),
  preferences,
  text("aws.elb.tls_connection_creation_time"),
];
const minFields = 11;

/** A line of an access log of a Network Load Balancer, which writes one for each connection of TLS. Its time is UTC. */
export function recogniseNlb(line: string): RecognisedLine | undefined {
  const tokens = tokenize(line);
  if (!tokens || tokens.length < minFields || tokens[0] !== "tls") return undefined;
  const time = parseIsoTime(tokens[2] ?? "");
  return time && { time, attributes: readColumns(tokens, columns) };
}
