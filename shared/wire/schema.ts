/** Wire types and value ranges of protobuf's scalars, as far as our messages use them (protobuf.dev/programming-guides/encoding). */
export type ScalarType =
  | "double"
  | "int32"
  | "int64"
  | "uint32"
  | "uint64"
  | "sint32"
  | "sint64"
  | "fixed32"
  | "fixed64"
  | "sfixed64"
  | "bool"
  | "string"
  | "bytes"
  | "enum";

/** One field of a message. Everything that scans, counts, splits or transcodes is driven by these rows. */
export interface Field {
  readonly number: number;
  /** The name in the .proto file, `snake_case` or as it stands there. */
  readonly name: string;
  /** The name in JSON, `lowerCamelCase`; absent for fields that only exist on the wire. */
  readonly jsonName?: string;
  readonly type: ScalarType | "message";
  /** The message type of a field of type `message`. */
  readonly message?: Message;
  /** The names of a field of type `enum`. */
  readonly values?: Readonly<Record<string, number>>;
  readonly repeated?: true;
  /** `optional` and oneof members: an explicit zero is a value and is written. */
  readonly explicit?: true;
  /** A measurement, where null in JSON is what JavaScript makes of NaN: the number of the double field that takes the NaN. */
  readonly nanField?: number;
  /** The oneof that the field belongs to: its last member on the wire wins. */
  readonly oneof?: string;
  /** Byte lengths that an id may have; ids are hexadecimal in JSON. */
  readonly idLengths?: readonly number[];
  /** `group`: a container that a split may cut open. `item`: the unit that is counted, and never cut. */
  readonly cut?: "group" | "item";
  /** The time of an item, for its age, and how it is written; of several that are set the first one counts. */
  readonly itemTime?: ItemTime;
}

/** Since the Unix epoch: a fixed64 of nanoseconds, a varint of milliseconds, a google.protobuf.Timestamp. */
export type ItemTime = "nanoseconds" | "milliseconds" | "timestamp";

/** A message type: its name in the .proto files and its fields in order of number. */
export interface Message {
  readonly name: string;
  readonly fields: readonly Field[];
  /** Those of them with `cut`, to find them fast. */
  readonly cuts: readonly Field[];
  /** An attribute: a key (1) with a value (2) that most often is a message of one string (1). The scanner knows this shape. */
  readonly isPair?: true;
  /** Of a message that holds items: what they are called, in the plural. */
  readonly itemNoun?: string;
}

/** What else there is to say about a field. */
export type FieldOptions = Partial<Omit<Field, "number" | "name" | "type">> & { readonly wireOnly?: true };

/** A field; its JSON name is made of its name, unless it is `wireOnly`. */
export function field(number: number, name: string, type: Field["type"], options: FieldOptions = {}): Field {
  const { wireOnly, ...rest } = options;
  return wireOnly ? { number, name, type, ...rest } : { number, name, jsonName: lowerCamelCase(name), type, ...rest };
}

/** A message type. */
export function message(
  name: string,
  fields: readonly Field[],
  options: Pick<Message, "isPair" | "itemNoun"> = {},
): Message {
  return { name, fields, cuts: fields.filter((each) => each.cut), ...options };
}

/** A field that holds a message. */
export function nested(number: number, name: string, type: Message, options: FieldOptions = {}): Field {
  return field(number, name, "message", { message: type, ...options });
}

/** What that many items of a message are called. */
export function itemNoun({ itemNoun: noun = "items" }: Message, count: number): string {
  return count === 1 ? noun.replace(/ies$/, "y").replace(/s$/, "") : noun;
}

function lowerCamelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
