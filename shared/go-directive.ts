/** One `%…` of a format without its verb. */
export interface Directive {
  readonly sharp: boolean;
  readonly zero: boolean;
  readonly plus: boolean;
  readonly minus: boolean;
  readonly space: boolean;
  /** `%#v`: as Go source. */
  readonly sharpV: boolean;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

/** `%v` without anything else. */
export const plainDirective: Directive = {
  sharp: false,
  zero: false,
  plus: false,
  minus: false,
  space: false,
  sharpV: false,
  width: undefined,
  precision: undefined,
};

/** Text in a field of the width that is asked for; zeros in front where they are. */
export function pad(text: string, { width = 0, zero, minus }: Directive): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  return minus ? text + " ".repeat(missing) : (zero ? "0" : " ").repeat(missing) + text;
}

/** Text in a field, with blanks in front in any case. */
export function padWithBlanks(text: string, directive: Directive): string {
  return pad(text, { ...directive, zero: false });
}
