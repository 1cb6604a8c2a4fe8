/** A value while a template runs: undefined prints as `<no value>`. */
export type TemplateValue =
  | string
  | number
  | boolean
  | undefined
  | TemplateTime
  | ReadonlyMap<string, TemplateValue>
  | readonly TemplateValue[];

/** A time, as the functions for dates take and give it. */
export class TemplateTime {
  readonly seconds: number;
  readonly nanos: number;

  constructor(seconds: number, nanos: number) {
    this.seconds = seconds;
    this.nanos = nanos;
  }
}

/** A function of templates. Throws a `TemplateFailure` for arguments that it cannot use. */
export type TemplateFunction = (...args: TemplateValue[]) => TemplateValue;

/** A piece of a template. */
export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "print"; readonly pipe: Pipe }
  | { readonly kind: "set"; readonly name: string; readonly isNew: boolean; readonly pipe: Pipe }
  | { readonly kind: "break" | "continue" }
  | {
      readonly kind: "if" | "with" | "range";
      /** Variables that are declared, or set where `isNew` is false: of a range the key or place, and the value; else the value. */
      readonly names: readonly string[];
      readonly isNew: boolean;
      readonly pipe: Pipe;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    };

/** `a | b`: the value of each command is the last argument of the next. */
export type Pipe = readonly Command[];

/** An operand alone, or a function with its arguments. */
export type Command =
  | { readonly kind: "operand"; readonly operand: Operand }
  | {
      readonly kind: "call";
      readonly name: string;
      readonly call: TemplateFunction;
      readonly args: readonly Operand[];
    };

/** What stands in a command: a literal, a pipe in parentheses, or fields of the data or a variable. */
export type Operand =
  | { readonly kind: "literal"; readonly value: TemplateValue }
  | { readonly kind: "pipe"; readonly pipe: Pipe; readonly fields: readonly string[] }
  | { readonly kind: "dot"; readonly fields: readonly string[] }
  | { readonly kind: "variable"; readonly name: string; readonly fields: readonly string[] }
  | { readonly kind: "function"; readonly call: TemplateFunction };

/** A template that cannot be loaded, in the words of Go's parser. */
export class TemplateError extends Error {}

/** A template that fails on the data that it is given. */
export class TemplateFailure extends Error {}
