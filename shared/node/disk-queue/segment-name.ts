/** A segment's file name says what must not be lost with its first bytes: where it stands, and the salt of its checksums. */
export interface SegmentName {
  /** Sequence numbers in it start here. */
  readonly base: number;
  /** How often it was compacted: of two with the same base the higher one counts. */
  readonly generation: number;
  /** 32 random bits. */
  readonly salt: number;
}

const pattern = /^(?<base>\d{16})-(?<generation>\d{4})-(?<salt>[0-9a-f]{8})$/;

/** The name without its extension: `.segment` holds records, `.state` what became of them. */
export function formatSegmentName({ base, generation, salt }: SegmentName): string {
  return `${pad(base, 16)}-${pad(generation, 4)}-${salt.toString(16).padStart(8, "0")}`;
}

/** Undefined where it is not the name of a segment. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const { base, generation, salt } = pattern.exec(name)?.groups ?? {};
  if (base === undefined || generation === undefined || salt === undefined) return undefined;
  return { base: Number(base), generation: Number(generation), salt: Number.parseInt(salt, 16) };
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}
