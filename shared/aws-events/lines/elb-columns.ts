import { decimal, endpoint, integer, requestLine, text } from "./columns.ts";

/** Elastic Load Balancing, "Access logs": what the lines of Application and Classic Load Balancers have in the same order. */
export const elbColumns = [
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
