import { wireTypeOf } from "./scan-table.ts";
import type { Field, Message } from "./schema.ts";

/** How a message is read from JSON: its schema, compiled. */
export interface MessagePlan {
  readonly name: string;
  readonly fields: FieldPlan[];
  /** Every name that a field may have: lowerCamelCase, and the snake_case that some senders write. */
  readonly names: { readonly bytes: Uint8Array; readonly field: FieldPlan }[];
  /** Whether a oneof of it holds items: a metric. */
  readonly isChoice: boolean;
  /** The field that the message started with last time. */
  first: FieldPlan | undefined;
}

export interface FieldPlan {
  readonly field: Field;
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly tag: number;
  /** One bit per field of its message. */
  readonly bit: number;
  readonly message: MessagePlan | undefined;
  readonly isItem: boolean;
  /** Whether it is repeated and its elements stand in one length, without tags. */
  readonly isPacked: boolean;
  /** Whether it is a oneof member that holds items: it discards those of another member before it. */
  readonly isMember: boolean;
  /** How many bytes the length of its content usually takes. */
  readonly room: number;
  readonly idSize: number;
  /** The names of an enum's values. */
  readonly values: ReadonlyMap<string, number>;
  /**
   * Whether null stands for unset. Not where presence itself is data, the sum, min and max of a histogram: there it is
   * what a JavaScript sender makes of NaN, and the Collector refuses it too.
   */
  readonly isNullable: boolean;
  /** The field that came after it last time. */
  next: FieldPlan | undefined;
}

const plans = new Map<Message, MessagePlan>();

/** The plan of a message and, inside it, of those that it holds; made once. */
export function planOf(message: Message): MessagePlan {
  const known = plans.get(message);
  if (known) return known;
  const isChoice = message.fields.some(isMember);
  const plan: MessagePlan = { name: message.name, fields: [], names: [], isChoice, first: undefined };
  plans.set(message, plan);
  for (const [index, field] of message.fields.entries()) {
    if (field.jsonName === undefined) continue;
    const row = planField(field, field.jsonName, index);
    plan.fields.push(row);
    for (const name of new Set([field.jsonName, field.name])) {
      plan.names.push({ bytes: new TextEncoder().encode(name), field: row });
    }
  }
  return plan;
}

function planField(field: Field, name: string, index: number): FieldPlan {
  const isPacked = field.repeated === true && field.message === undefined && field.type !== "string";
  return {
    field,
    name,
    nameBytes: new TextEncoder().encode(name),
    tag: field.number * 8 + (isPacked ? 2 : wireTypeOf(field.type)),
    bit: 1 << index,
    message: field.message && planOf(field.message),
    isItem: field.cut === "item",
    isPacked,
    isMember: isMember(field),
    room: field.cut === "group" ? 3 : field.cut === "item" ? 2 : 1,
    idSize: Math.max(0, ...(field.idLengths ?? [])),
    values: new Map(Object.entries(field.values ?? {})),
    isNullable: field.explicit === undefined || field.oneof !== undefined,
    next: undefined,
  };
}

function isMember(field: Field): boolean {
  return field.cut === "group" && field.oneof !== undefined;
}
