import { keyOf, ListValue, type MapKey, MapValue } from "../edit/any-value.ts";
import type { Re2 } from "../re2/re2.ts";
import type { ArgumentNode, ValueNode } from "./ast.ts";
import type { Expression, Getter } from "./expression.ts";
import { attempt, Failure, OttlError } from "./failure.ts";
import type { Frame } from "./frame.ts";
import type { OttlHost } from "./host.ts";
import { asBool, asBytes, asDouble, asInt, asLikeText } from "./like.ts";
import { fieldNameOf, toFieldName } from "./parameter-name.ts";
import { globPattern, literalPattern, patternOf } from "./pattern.ts";
import type { Target } from "./target.ts";
import { DurationValue, kindOf, TimeValue, type Value } from "./value.ts";

type Typed<T> = (frame: Frame) => T;

/** What reading arguments needs of the statement that they stand in. */
export interface ArgsReader {
  readonly host: OttlHost;
  expression(node: ValueNode): Expression;
  /** A converter of one string, by its name. */
  textFunction(name: string): (text: string, frame: Frame) => Value;
}

/**
 * The arguments of one call by the names of the parameters. Each method is one kind of parameter; a literal of another
 * kind is refused when it is read, other values when they are computed.
 */
export class Args {
  readonly reader: ArgsReader;
  private readonly call: string;
  private readonly values = new Map<string, ArgumentNode["value"]>();

  constructor(
    reader: ArgsReader,
    call: { name: string; parameters: readonly string[]; args: readonly ArgumentNode[] },
  ) {
    this.reader = reader;
    this.call = call.name;
    const names = call.parameters.map((parameter) => parameter.replace("?", ""));
    const required = call.parameters.filter((parameter) => !parameter.endsWith("?")).length;
    const { args } = call;
    if (args.length > names.length || args.length < required) {
      const expected = required === names.length ? `${required}` : `${required} to ${names.length}`;
      throw this.problem(`incorrect number of arguments. Expected: ${expected} Received: ${args.length}`);
    }
    for (const [index, arg] of args.entries()) {
      const given = arg.name === undefined ? undefined : toFieldName(arg.name);
      const name = given === undefined ? names[index] : names.find((each) => fieldNameOf(each) === given);
      if (name === undefined) throw this.problem(`no such parameter: ${arg.name}`);
      this.values.set(name, arg.value);
    }
    for (const parameter of call.parameters)
      if (!parameter.endsWith("?") && !this.values.has(parameter)) throw this.problem(`${parameter} is missing`);
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  any(name: string): Getter {
    return this.expression(name).get;
  }

  /** A value with what is known of it before. */
  whole(name: string): Expression {
    return this.expression(name);
  }

  /** A path, which can be set. */
  target(name: string): Target {
    const { target } = this.expression(name);
    if (target) return target;
    throw this.problem(`${name} must be a path`);
  }

  string(name: string): Typed<string> {
    return this.typed(name, (value) => {
      if (typeof value === "string") return value;
      throw new Failure(`expected string but got ${kindOf(value)}`);
    });
  }

  /** A string as the key of a map. */
  key(name: string): Typed<MapKey> {
    const { literal } = this.expression(name);
    const get = this.string(name);
    if (typeof literal !== "string") return (frame) => keyOf(get(frame));
    const key = keyOf(literal);
    return () => key;
  }

  /** Text, or what can be told as text; null for nil. */
  like(name: string): Typed<string | null> {
    return this.typed(name, asLikeText);
  }

  int(name: string): Typed<bigint> {
    return this.typed(name, (value) => {
      if (typeof value === "bigint") return value;
      throw new Failure(`expected int64 but got ${kindOf(value)}`);
    });
  }

  intLike(name: string): Typed<bigint | null> {
    return this.typed(name, asInt);
  }

  doubleLike(name: string): Typed<number | null> {
    return this.typed(name, asDouble);
  }

  boolLike(name: string): Typed<boolean | null> {
    return this.typed(name, asBool);
  }

  /** The bytes of a text or a number, made into something that a literal is checked for. */
  bytesLike<T extends Value>(name: string, make: (bytes: Uint8Array) => T): Typed<T> {
    return this.typed(name, (value) => make(asBytes(value)));
  }

  bool(name: string): Typed<boolean> {
    return this.typed(name, (value) => {
      if (typeof value === "boolean") return value;
      throw new Failure(`expected bool but got ${kindOf(value)}`);
    });
  }

  map(name: string): Typed<MapValue> {
    return this.typed(name, (value) => {
      if (value instanceof MapValue) return value;
      throw new Failure(`expected map but got ${kindOf(value)}`);
    });
  }

  list(name: string): Typed<ListValue> {
    const node = this.node(name);
    // The Collector cannot read them, so nobody relies on what they would do.
    if (node.kind === "list" && node.items.some((item) => item.kind === "map"))
      throw this.problem(`${name}: maps cannot be written out in this list`);
    return this.typed(name, (value) => {
      if (value instanceof ListValue) return value;
      throw new Failure(`expected list but got ${kindOf(value)}`);
    });
  }

  time(name: string): Typed<TimeValue> {
    return this.typed(name, (value) => {
      if (value instanceof TimeValue) return value;
      throw new Failure(`expected time but got ${kindOf(value)}`);
    });
  }

  duration(name: string): Typed<DurationValue> {
    return this.typed(name, (value) => {
      if (value instanceof DurationValue) return value;
      throw new Failure(`expected duration but got ${kindOf(value)}`);
    });
  }

  /** A list that is written out. */
  expressions(name: string): readonly Expression[] {
    const node = this.node(name);
    if (node.kind !== "list") throw this.problem(`${name} must be a list`);
    return node.items.map((item) => this.reader.expression(item));
  }

  /** A list that is written out, each as text. */
  likes(name: string): readonly Typed<string | null>[] {
    return this.expressions(name).map((item) => this.checked(name, item, asLikeText));
  }

  strings(name: string): Typed<string[]> {
    const getters = this.expressions(name).map((item) =>
      this.checked(name, item, (value) => {
        if (typeof value === "string") return value;
        throw new Failure(`expected string but got ${kindOf(value)}`);
      }),
    );
    return (frame) => getters.map((get) => get(frame));
  }

  literalInt(name: string): bigint {
    const node = this.node(name);
    if (node.kind !== "int") throw this.problem(`${name} must be an int`);
    return node.value;
  }

  literalString(name: string): string {
    const node = this.node(name);
    if (node.kind !== "string") throw this.problem(`${name} must be a string`);
    return node.value;
  }

  literalFloat(name: string): number {
    const node = this.node(name);
    if (node.kind !== "float") throw this.problem(`${name} must be a float`);
    return node.value;
  }

  literalFloats(name: string): number[] {
    const node = this.node(name);
    if (node.kind !== "list") throw this.problem(`${name} must be a list of floats`);
    return node.items.map((item) => {
      if (item.kind !== "float") throw this.problem(`${name} must be a list of floats`);
      return item.value;
    });
  }

  literalBool(name: string): boolean {
    const node = this.node(name);
    if (node.kind !== "bool") throw this.problem(`${name} must be a bool`);
    return node.value;
  }

  literalStrings(name: string): string[] {
    const node = this.node(name);
    if (node.kind !== "list") throw this.problem(`${name} must be a list of strings`);
    return node.items.map((item) => {
      if (item.kind !== "string") throw this.problem(`${name} must be a list of strings`);
      return item.value;
    });
  }

  /** A regular expression: compiled now where it is written out, else per value. */
  pattern(name: string): Typed<Re2> {
    const { literal } = this.expression(name);
    const get = this.string(name);
    if (typeof literal !== "string") return (frame) => patternOf(get(frame));
    const re2 = literalPattern(literal, this.call);
    return () => re2;
  }

  /** The same for a glob. */
  glob(name: string): Typed<Re2> {
    const { literal } = this.expression(name);
    const get = this.string(name);
    if (typeof literal !== "string") return (frame) => patternOf(globPattern(get(frame)));
    const re2 = literalPattern(globPattern(literal), this.call);
    return () => re2;
  }

  /** A converter that is passed by its name. */
  textFunction(name: string): (text: string, frame: Frame) => Value {
    const value = this.values.get(name);
    if (value?.kind !== "functionName" && value?.kind !== "enum")
      throw this.problem(`${name} must be the name of a function`);
    return this.reader.textFunction(value.name);
  }

  /** What is made of a value; a literal that it cannot be made of is refused. */
  converted<T>(name: string, convert: (value: Value) => T): Typed<T> {
    return this.typed(name, convert);
  }

  /** Only its kind is asked: a literal of another one is refused. */
  kind(name: string, expected: string, isKind: (value: Value) => boolean): Typed<boolean> {
    const { get, literal } = this.expression(name);
    if (literal !== undefined && !isKind(literal))
      throw this.problem(`${name}: expected ${expected} but got ${kindOf(literal)}`);
    return (frame) => isKind(get(frame));
  }

  /** What the call refuses, with its name. */
  problem(text: string): OttlError {
    return new OttlError(`error while parsing arguments for call to "${this.call}": ${text}`);
  }

  private node(name: string): ValueNode {
    const value = this.values.get(name);
    if (value === undefined || value.kind === "functionName") throw this.problem(`${name} must be a value`);
    return value;
  }

  private expression(name: string): Expression {
    return this.reader.expression(this.node(name));
  }

  private typed<T>(name: string, convert: (value: Value) => T): Typed<T> {
    return this.checked(name, this.expression(name), convert);
  }

  private checked<T>(name: string, { get, literal }: Expression, convert: (value: Value) => T): Typed<T> {
    if (literal !== undefined) {
      const result = attempt(() => convert(literal));
      if ("problem" in result) throw this.problem(`${name}: ${result.problem}`);
      // Lists and maps can be changed by who gets them.
      if (typeof literal !== "object" || literal instanceof Uint8Array) return () => result.value;
    }
    return (frame) => convert(get(frame));
  }
}
