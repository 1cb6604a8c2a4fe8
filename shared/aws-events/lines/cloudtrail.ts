import { parseIsoTime } from "./iso-time.ts";
import { fieldTable, parseLine, readFields } from "./json-fields.ts";
import type { RecognisedLine } from "./line-format.ts";

/** CloudTrail, "Record contents for management, data and network activity events". An address may be the name of a service. */
const fields = fieldTable([
  ["eventID", "aws.cloudtrail.event_id"],
  ["eventVersion", "aws.cloudtrail.event_version"],
  ["apiVersion", "aws.cloudtrail.api_version"],
  ["eventCategory", "aws.event.category"],
  ["managementEvent", "aws.event.management"],
  ["readOnly", "aws.event.read_only"],
  ["sharedEventID", "aws.shared_event_id"],
  ["errorCode", "aws.error.code"],
  ["errorMessage", "aws.error.message"],
  ["requestID", "aws.request_id"],
  ["recipientAccountId", "cloud.account.id"],
  ["awsRegion", "cloud.region"],
  ["eventName", "rpc.method"],
  ["eventSource", "rpc.service"],
  ["eventType", "rpc.system"],
  ["sourceIPAddress", "source.address"],
  ["userAgent", "user_agent.original"],
  ["tlsDetails.clientProvidedHostHeader", "server.address"],
  ["tlsDetails.cipherSuite", "tls.cipher"],
  ["tlsDetails.tlsVersion", "tls.protocol.version"],
  ["userIdentity.userId", "user.id"],
  ["userIdentity.userName", "user.name"],
  ["userIdentity.type", "aws.principal.type"],
  ["userIdentity.principalId", "aws.principal.id"],
  ["userIdentity.arn", "aws.principal.arn"],
  ["userIdentity.accountId", "aws.user_identity.account_id"],
  ["userIdentity.accessKeyId", "aws.access_key.id"],
  ["userIdentity.invokedBy", "aws.user_identity.invoked_by"],
  ["userIdentity.identityStoreArn", "aws.identity_store.arn"],
  ["userIdentity.sessionContext.sessionIssuer.arn", "aws.user_identity.session_context.issuer.arn"],
  ["userIdentity.sessionContext.sessionIssuer.userName", "aws.user_identity.session_context.issuer.user_name"],
]);

/** One event of CloudTrail as JSON; what has no `eventTime`, as an event of Insights, is known by its other fields. */
export function recogniseCloudtrail(line: string): RecognisedLine | undefined {
  const event = parseLine(line);
  if (event === undefined || typeof event.eventVersion !== "string") return undefined;
  const at = event.eventTime;
  const time = typeof at === "string" ? parseIsoTime(at) : undefined;
  return { time, attributes: readFields(event, fields) };
}
