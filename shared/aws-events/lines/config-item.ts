import { parseIsoTime } from "./iso-time.ts";
import { fieldTable, parseLine, readFields } from "./json-fields.ts";
import type { RecognisedLine } from "./line-format.ts";

/** AWS Config, "Components of a configuration item". The rest, tags and configuration, is in the body. */
const fields = fieldTable([
  ["configurationItemVersion", "aws.config.item_version"],
  ["configurationItemStatus", "aws.config.item_status"],
  ["configurationStateId", "aws.config.state_id"],
  ["awsAccountId", "cloud.account.id"],
  ["awsRegion", "cloud.region"],
  ["availabilityZone", "cloud.availability_zone"],
  ["resourceType", "aws.config.resource_type"],
  ["resourceId", "aws.config.resource_id"],
  ["resourceName", "aws.config.resource_name"],
  ["ARN", "aws.config.resource_arn"],
]);

/** One configuration item of a snapshot or a history of AWS Config, as JSON. */
export function recogniseConfigItem(line: string): RecognisedLine | undefined {
  const item = parseLine(line);
  if (item === undefined || typeof item.resourceType !== "string") return undefined;
  const at = item.configurationItemCaptureTime;
  const time = typeof at === "string" ? parseIsoTime(at) : undefined;
  return { time, attributes: readFields(item, fields) };
}
