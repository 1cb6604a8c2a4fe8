import type { GzipPlace } from "../../compression/resumable-gunzip.ts";
import type { ObjectNotice } from "./notice.ts";

/** What became of asking for an object. */
export type OpenedObject =
  | OpenObject
  /** Deleted, or overwritten by an object that has a notice of its own. */
  | { readonly kind: "gone"; readonly reason: string }
  /** It may go better later. `isOutage`: S3 does not work, which says nothing of this object. */
  | { readonly kind: "failed"; readonly reason: string; readonly isOutage: boolean }
  /** It can never be read. */
  | { readonly kind: "unusable"; readonly reason: string };

/** An object that is being read. */
export interface OpenObject {
  readonly kind: "opened";
  /** Stored as its bytes are: reading may begin at any of them. */
  readonly isPlain: boolean;
  /** The uncompressed bytes from the notice's position on, each chunk overwritten by the next; iterating throws an `ObjectFault`. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Where a later reading may begin that is to go on at an offset. Absent: at the beginning alone. */
  readonly placeBefore?: (offset: number) => GzipPlace | undefined;
}

/** Where objects are read from: S3, in `aws/object-source.ts`. */
export interface ObjectSource {
  /** Never rejects. `abort` ends the reading. */
  open(notice: ObjectNotice, abort: AbortSignal): Promise<OpenedObject>;
}

/** Why the bytes of an object end before the object does. */
export class ObjectFault extends Error {
  /** The same would happen each time. */
  readonly isForGood: boolean;

  constructor(message: string, isForGood: boolean) {
    super(message);
    this.name = "ObjectFault";
    this.isForGood = isForGood;
  }
}
