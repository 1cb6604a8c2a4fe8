import type { ArgumentType } from "./argument-type.ts";

/**
 * The arguments of a component, of a block or of a value that is an object: one row a name. It drives decoding, error messages, the
 * admin pages and the documentation.
 */
export interface Table<Args = unknown> {
  readonly fields: Readonly<Record<string, Field<unknown>>>;
  /** What to say about names that are often written here and do not belong here. */
  readonly hints?: Readonly<Record<string, string>>;
  /** Sets defaults that depend on other arguments; runs before `validate`. */
  complete?(args: Args): Args;
  /** What is wrong with arguments that fit on their own, as a sentence; undefined when nothing is. */
  validate?(args: Args): string | undefined;
}

/** One argument: an attribute, or one of the three kinds of blocks. `T` is what it decodes to. */
export type Field<T> = Attribute<T> | Block<T>;

interface Row<T> {
  readonly required: boolean;
  /** Value when it is not written. */
  readonly initial: T;
  /** One sentence for the documentation. */
  readonly help?: string;
  /** Why it cannot be used here, with what to do instead. Written with another value than its default, it is an error. */
  readonly unsupported?: string;
  /** Never there: carries the type. */
  readonly decodesTo?: T;
}

/** An argument `name = value` of a block. */
export interface Attribute<T> extends Row<T> {
  readonly kind: "attribute";
  readonly type: ArgumentType<unknown, unknown>;
}

/** A block inside a block. */
export interface Block<T> extends Row<T> {
  /** `block` at most one · `blocks` any number, in order · `family` blocks `name.<member>` of one ordered list. */
  readonly kind: "block" | "blocks" | "family";
  /** Of a family, the tables of its members. Otherwise one table, under the empty name. */
  readonly tables: Readonly<Record<string, Table>>;
  /** Whether each one has a label, which becomes `label` of what it decodes to. */
  readonly labelled: boolean;
}

/** What the arguments of a table decode to. */
export type ArgumentsOf<Fields> = {
  readonly [Name in keyof Fields]: Fields[Name] extends { readonly decodesTo?: infer T } ? Exclude<T, never> : never;
};
/** What `table` decodes to. */
export type DecodedBy<Of> = Of extends Table<infer Args> ? Args : never;

interface Notes {
  readonly help?: string;
  readonly unsupported?: string;
}

/**
 * A table of arguments.
 * @example table({ url: required(string), timeout: attribute(duration, { default: 10_000 }), tls_config: block(tlsConfig) })
 */
export function table<const Fields extends Readonly<Record<string, Field<unknown>>>>(
  fields: Fields,
  rules: {
    readonly hints?: Readonly<Record<string, string>>;
    readonly complete?: (args: ArgumentsOf<Fields>) => ArgumentsOf<Fields>;
    readonly validate?: (args: ArgumentsOf<Fields>) => string | undefined;
  } = {},
): Table<ArgumentsOf<Fields>> {
  return { fields, ...rules };
}

/** An attribute that must be written. */
export function required<T>(type: ArgumentType<T, unknown>, notes: Notes = {}): Attribute<T> {
  return { kind: "attribute", type, required: true, initial: type.zero as T, ...notes };
}

/** An attribute that may be left out: then it is `default`, or what its type says (`""`, 0, false, empty, undefined). */
export function attribute<T, Absent>(
  type: ArgumentType<T, Absent>,
  notes: Notes & { readonly default: NoInfer<T> },
): Attribute<T>;
export function attribute<T, Absent>(type: ArgumentType<T, Absent>, notes?: Notes): Attribute<T | Absent>;
export function attribute<T, Absent>(
  type: ArgumentType<T, Absent>,
  { default: initial = type.absent, ...notes }: Notes & { readonly default?: T | Absent } = {},
): Attribute<T | Absent> {
  return { kind: "attribute", type, required: false, initial, ...notes };
}

/** A block that may be written once; undefined when it is not written. */
export function block<Args>(of: Table<Args>, notes: Notes = {}): Block<Args | undefined> {
  return { kind: "block", tables: { "": of }, labelled: false, required: false, initial: undefined, ...notes };
}

/** A block that must be written once. */
export function requiredBlock<Args>(of: Table<Args>, notes: Notes = {}): Block<Args> {
  return { ...(block(of, notes) as Block<Args>), required: true };
}

/** A block that may be written once and always has a value: when it is not written, its defaults with `absent` put over them. */
export function blockWithDefaults<Args>(
  of: Table<Args>,
  { absent, ...notes }: Notes & { readonly absent?: Partial<Args> } = {},
): Block<Args> {
  const initial = { ...(defaultsOf(of) as object), ...absent } as Args;
  return { kind: "block", tables: { "": of }, labelled: false, required: false, initial, ...notes };
}

/** Blocks of one name, as many as are written, in their order. */
export function blocks<Args>(
  of: Table<Args>,
  { required = false, ...notes }: Notes & { readonly required?: boolean } = {},
): Block<readonly Args[]> {
  return { kind: "blocks", tables: { "": of }, labelled: false, required, initial: [], ...notes };
}

/** Blocks of one name that must have a label. */
export function labelledBlocks<Args>(
  of: Table<Args>,
  notes: Notes = {},
): Block<readonly (Args & { readonly label: string })[]> {
  return { kind: "blocks", tables: { "": of }, labelled: true, required: false, initial: [], ...notes };
}

/** Blocks `<name>.<member>` of several tables that form one list in the order of the source, as `stage.*` of loki.process. */
export function family<const Members extends Readonly<Record<string, Table>>>(
  members: Members,
  notes: Notes = {},
): Block<readonly MemberOf<Members>[]> {
  return { kind: "family", tables: members, labelled: false, required: false, initial: [], ...notes };
}

export type MemberOf<Members> = {
  [Name in keyof Members]: { readonly member: Name; readonly args: DecodedBy<Members[Name]> };
}[keyof Members];

/** What a table decodes to when nothing is written, required ones included. */
export function defaultsOf<Args>(of: Table<Args>): Args {
  return Object.fromEntries(Object.entries(of.fields).map(([name, { initial }]) => [name, initial])) as Args;
}
