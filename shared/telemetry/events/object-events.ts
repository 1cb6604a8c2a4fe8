type Named = { bucket: string; key: string };

/** What happens to the objects of S3 that are read. */
export interface ObjectEventFields {
  /** How far it went: `records` are durable, and `bytes` uncompressed ones with them. */
  "object.read": Named & { kind: string; outcome: string; records: number; unrecognised: number; bytes: number };
  "object.skipped": { reason: string };
  "object.gone": Named & { reason: string };
  "object.continued": Named & { offset: number };
  "object.failed": Named & { offset: number; stays: boolean; reason: string };
  "object.dead-lettered": Named & { reason: string };
  "object.unreadable": { message: string };
}
