/** What happens to what AWS itself emits. */
export interface AwsEventFields {
  /** `source` is what it came through, such as `firehose`. */
  "records.refused": { source: string; reason: string; records: number; bytes: number; message: string };
  "firehose.repeated": { requestId: string; source: string };
  "firehose.attributes-left-out": { message: string };
  "logs.own": { events: number };
  "logs.points-dropped": { points: number };
}
