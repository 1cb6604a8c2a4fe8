import type { LogTime } from "../log-record.ts";
import { type Column, ignored, integer, readColumns, requestLine, text } from "./columns.ts";
import type { RecognisedLine } from "./line-format.ts";
import { s3Fields } from "./s3-fields.ts";

/** The key is encoded twice (Amazon S3, "Amazon S3 server access log format"). */
const key: Column = (value, into) => {
  into.push({ name: "aws.s3.key", value: decoded(decoded(value)) });
};

/** In the order of the fields; the bucket is the one that was asked, not the one that keeps the log. */
const columns = [
  text("aws.s3.owner"),
  text("aws.s3.bucket"),
  ignored,
  text("source.address"),
  text("user.id"),
  text("aws.request_id"),
  text("rpc.method"),
  key,
  requestLine("url.path"),
  integer("http.response.status_code"),
  text("error.type"),
  integer("http.response.body.size"),
  integer("aws.s3.object.size"),
  integer("duration"),
  integer("aws.s3.turn_around_time"),
  text("http.request.header.referer"),
  text("user_agent.original"),
  text("aws.s3.version_id"),
  text("aws.extended_request_id"),
  text("aws.signature.version"),
  text("tls.cipher"),
  text("aws.s3.auth_type"),
  text("http.request.header.host"),
  text("tls.protocol.version"),
  text("aws.s3.access_point.arn"),
  text("aws.s3.acl_required"),
];
const minFields = 17;

/** A line of a server access log of S3. Fields that come behind the known ones are let be. */
export function recogniseS3Access(line: string): RecognisedLine | undefined {
  const tokens = s3Fields(line);
  if (!tokens || tokens.length < minFields) return undefined;
  const time = parseClfTime(tokens[2] ?? "");
  return time && { time, attributes: readColumns(tokens, columns) };
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `02/Mar/2024:08:09:10 +0000`. */
function parseClfTime(value: string): LogTime | undefined {
  const parts = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(value);
  const month = months.indexOf(parts?.[2] ?? "");
  if (!parts || month < 0) return undefined;
  const [, day, , year, hour, minute, second, sign, zoneHours, zoneMinutes] = parts;
  const at = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === "-" ? -60_000 : 60_000);
  return at - offset < 0 ? undefined : { ms: at - offset };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
