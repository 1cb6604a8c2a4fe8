/** What an object holds: who wrote it, and so how its lines read. */
export type ObjectKindName =
  | "alb"
  | "alb-connection"
  | "alb-health-check"
  | "nlb"
  | "clb"
  | "cloudtrail"
  | "config"
  | "vpc-flow"
  | "waf"
  | "s3-access"
  | "cloudfront"
  | "json-lines"
  | "text";

interface KindRow {
  readonly name: ObjectKindName;
  /** Of the whole key. */
  readonly key: RegExp;
}

/**
 * The first row that a key matches says what is in the object (Elastic Load Balancing, CloudTrail, Config, VPC, WAF, S3 and CloudFront user
 * guides, "log file names"). Nothing depends on `.gz`: what is compressed shows in its first bytes.
 */
const rows: readonly KindRow[] = [
  { name: "alb-connection", key: /(^|\/)conn_log[_.]\d+_elasticloadbalancing_[^/]*$/ },
  { name: "alb-health-check", key: /(^|\/)health_check_log[_.]\d+_elasticloadbalancing_[^/]*$/ },
  { name: "alb", key: /(^|\/)\d+_elasticloadbalancing_[^/]*_app\.[^/]*$/ },
  { name: "nlb", key: /(^|\/)\d+_elasticloadbalancing_[^/]*_net\.[^/]*$/ },
  { name: "clb", key: /(^|\/)\d+_elasticloadbalancing_[^/]*$/ },
  { name: "cloudtrail", key: /(^|\/)CloudTrail(-[A-Za-z]+)?\/.*\.json(\.gz)?$/ },
  { name: "config", key: /(^|\/)Config\/.*_Config(Snapshot|History)_[^/]*\.json(\.gz)?$/ },
  { name: "vpc-flow", key: /\/vpcflowlogs\/|(^|\/)aws-account-id=.*aws-service=vpcflowlogs\// },
  { name: "waf", key: /\/WAFLogs\/|(^|[/_])aws-waf-logs-[^/]*/ },
  { name: "cloudfront", key: /(^|\/)[A-Z0-9]{10,20}\.\d{4}-\d\d-\d\d-\d\d\.[0-9a-fA-F]{8}(\.gz)?$/ },
  { name: "s3-access", key: /(^|\/)\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9A-F]{16}$/ },
  { name: "json-lines", key: /\.(json|jsonl|ndjson|jsonlines)(\.gz)?$/ },
  { name: "text", key: /^/ },
];

/** The kind of object that a key names: `text` for all that no service of AWS names. */
export function kindOfKey(key: string): ObjectKindName {
  return rows.find((row) => row.key.test(key))?.name ?? "text";
}

/** Objects that services write beside their logs and that are not logs. */
const skipped = [
  // Hashes of log files, written each hour (CloudTrail user guide, "CloudTrail digest file structure").
  { reason: "digest", key: /\/CloudTrail-Digest\// },
  // Written when logging is turned on, to see whether it may be written.
  {
    reason: "test-file",
    key: /(^|\/)(ELBAccessLogTestFile|ELBConnectionLogTestFile|aws-logs-write-test|CloudTrail_Test|ConfigWritabilityCheckFile)$/,
  },
] as const;

/** Why an object is not read at all; undefined where it is. */
export function skipReasonOf(key: string): (typeof skipped)[number]["reason"] | undefined {
  return skipped.find((row) => row.key.test(key))?.reason;
}

/** What the key says of where its lines come from. */
export interface KeyOrigin {
  readonly accountId?: string;
  readonly region?: string;
}

/** What is of no region, as WAF of CloudFront and queries of a VPC, has an account alone. */
const underAwsLogs = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\/(?:[^/]+\/([a-z]{2}(?:-[a-z]+)+-\d)\/)?/;
const hiveStyle = /(?:^|\/)aws-account-id=(\d{12})\/.*?aws-region=([a-z]{2}(?:-[a-z]+)+-\d)\//;

/** Account and region in a key that a service of AWS wrote. */
export function originOfKey(key: string): KeyOrigin {
  const [, accountId, region] = underAwsLogs.exec(key) ?? hiveStyle.exec(key) ?? [];
  return { ...(accountId !== undefined && { accountId }), ...(region !== undefined && { region }) };
}
