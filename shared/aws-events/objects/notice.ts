import type { GzipPlace } from "../../compression/resumable-gunzip.ts";

/** Where the reading of an object goes on: what is before it is durable. */
export interface Position {
  /** Uncompressed bytes before the first line that is not durable yet. */
  readonly offset: number;
  /** Uncompressed bytes after which nothing is to be read; absent: to the end. */
  readonly until?: number;
  /** The object is not compressed: reading may begin at the offset. */
  readonly plain?: true;
  /** The object is gzip: where before the offset inflating may begin. Absent: at its beginning. */
  readonly gzip?: GzipPlace;
  /** What the lines behind the offset need of those before it: a header with the names of columns. */
  readonly header?: string;
}

/** One object that is to be read, whoever told of it. The key is decoded. */
export interface ObjectNotice {
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
  /** Absent where the bucket keeps no versions. */
  readonly versionId?: string;
  readonly etag?: string;
  /** Compressed, as it is stored. */
  readonly size?: number;
  readonly sequencer?: string;
  /** When it was written, as the notice says; milliseconds since the epoch. */
  readonly writtenAt?: number;
  /** How often it was tried in vain where it stands now, before this message. */
  readonly attempts?: number;
  /** How often somebody sent it again from the dead letters. */
  readonly replays?: number;
  /** Present where an earlier invocation has read a part of it. */
  readonly position?: Position;
}

/** Where a notice points to, for a person: `s3://bucket/key`, and the uncompressed bytes that are meant where it is not all of them. */
export function placeOf({ bucket, key, position }: ObjectNotice): string {
  const { offset = 0, until } = position ?? {};
  const part = until === undefined ? ` from byte ${offset}` : `, bytes ${offset} to ${until}`;
  return `s3://${bucket}/${key}${offset === 0 && until === undefined ? "" : part}`;
}

/** The same for two notices that tell of the same bytes: S3 may tell of an object more than once. */
export function identityOf({ bucket, key, versionId = "", sequencer = "", position }: ObjectNotice): string {
  return JSON.stringify([bucket, key, versionId, sequencer, position?.offset ?? 0, position?.until ?? 0]);
}
