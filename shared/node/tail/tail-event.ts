/** What a tail tells about a file; `path` is the file's. */
export type TailEvent =
  | { readonly kind: "opened"; readonly path: string; readonly offset: number }
  | { readonly kind: "rotated" | "truncated" | "vanished"; readonly path: string }
  /** `count` lines were longer than the limit; what was cut off is lost. */
  | { readonly kind: "lines-cut"; readonly path: string; readonly count: number }
  /** Bytes that are not valid in the encoding became U+FFFD; told once for each file. */
  | { readonly kind: "invalid-text"; readonly path: string }
  /** Lines were read up to `offset`, in a file of `size` bytes when it was last looked at. */
  | {
      readonly kind: "read";
      readonly path: string;
      readonly lines: number;
      readonly offset: number;
      readonly size: number;
    }
  /** Followed no more. */
  | { readonly kind: "left"; readonly path: string }
  | { readonly kind: "failed"; readonly path: string; readonly reason: string }
  | { readonly kind: "positions-failed"; readonly reason: string };
