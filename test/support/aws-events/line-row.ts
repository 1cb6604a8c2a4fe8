/** A real line's shape, where it stands, and what is read out of it; the comment says where the shape is from. */
export interface LineRow {
  readonly name: string;
  readonly group: string;
  readonly stream?: string;
  readonly line: string;
  readonly severity?: string;
  readonly time?: string;
  readonly event?: string;
  readonly trace?: string;
  readonly attributes?: Record<string, unknown>;
}

/** When the events of the rows were written. */
export const writtenAt = Date.parse("2024-03-01T12:00:00.123Z");

export const traceId = "5b3c1e2f0123456789abcdef01234567";
