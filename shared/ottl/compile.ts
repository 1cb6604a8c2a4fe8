import { type AnyValue, ListValue, mapOf } from "../edit/any-value.ts";
import { utf8 } from "../edit/text.ts";
import { Args, type ArgsReader } from "./args.ts";
import type { ArgumentNode, CallNode, ConditionNode, PathNode, ValueNode } from "./ast.ts";
import { compareValues } from "./compare.ts";
import type { Context } from "./contexts.ts";
import type { Expression, Getter } from "./expression.ts";
import { attempt, Failure, OttlError } from "./failure.ts";
import type { Frame } from "./frame.ts";
import type { Converter, Editor } from "./function.ts";
import type { OttlHost } from "./host.ts";
import { getInResult, type Key } from "./index-value.ts";
import { calculate, negate } from "./math.ts";
import { resolveField } from "./resolve-field.ts";
import { constantKeys, keyedTarget, type ReadKeys, type Target, wholeTarget } from "./target.ts";
import { isAnyValue, kindOf, type Value } from "./value.ts";

/** What names mean where statements stand. */
export interface Environment {
  readonly context: Context;
  /** Whether every path must begin with the name of a context. */
  readonly needsPrefix: boolean;
  readonly converters: ReadonlyMap<string, Converter>;
  readonly editors: ReadonlyMap<string, Editor>;
  /** Functions that exist in the Collector and not here. */
  readonly missing: ReadonlySet<string>;
  readonly host: OttlHost;
}

/** Turns statements into functions: names are looked up and literals are computed once. Throws `OttlError`. */
export class Compiler implements ArgsReader {
  readonly host: OttlHost;
  private readonly environment: Environment;

  constructor(environment: Environment) {
    this.environment = environment;
    this.host = environment.host;
  }

  editor(call: CallNode): (frame: Frame) => void {
    const editor = this.environment.editors.get(call.name);
    if (!editor) throw this.undefinedFunction(call.name);
    return editor.build(new Args(this, { name: call.name, parameters: editor.parameters, args: call.args }));
  }

  condition(node: ConditionNode): (frame: Frame) => boolean {
    switch (node.kind) {
      case "bool":
        return () => node.value;
      case "not": {
        const term = this.condition(node.term);
        return (frame) => !term(frame);
      }
      case "and": {
        const terms = node.terms.map((term) => this.condition(term));
        if (this.constant(node) === false) return () => false;
        return (frame) => terms.every((term) => term(frame));
      }
      case "or": {
        const terms = node.terms.map((term) => this.condition(term));
        if (this.constant(node) === true) return () => true;
        return (frame) => terms.some((term) => term(frame));
      }
      case "compare": {
        const { comparator } = node;
        const left = this.expression(node.left).get;
        const right = this.expression(node.right).get;
        return (frame) => compareValues(comparator, left(frame), right(frame));
      }
      case "call": {
        const get = this.call(node.call);
        return (frame) => {
          const value = get(frame);
          if (typeof value === "boolean") return value;
          throw new Failure(
            `value returned from Converter in constant expression must be bool but got ${kindOf(value)}`,
          );
        };
      }
    }
  }

  /** What a condition is whatever the data; then none of its terms is asked, so that none can fail. */
  private constant(node: ConditionNode): boolean | undefined {
    switch (node.kind) {
      case "bool":
        return node.value;
      case "not": {
        const value = this.constant(node.term);
        return value === undefined ? undefined : !value;
      }
      case "and":
      case "or": {
        const values = node.terms.map((term) => this.constant(term));
        const decisive = node.kind === "or";
        if (values.includes(decisive)) return decisive;
        return values.includes(undefined) ? undefined : !decisive;
      }
      case "compare": {
        const [left, right] = [this.expression(node.left).literal, this.expression(node.right).literal];
        return left === undefined || right === undefined ? undefined : compareValues(node.comparator, left, right);
      }
      case "call":
        return undefined;
    }
  }

  expression(node: ValueNode): Expression {
    switch (node.kind) {
      case "nil":
        return literalOf(node, null);
      case "string":
      case "int":
      case "float":
      case "bool":
      case "bytes":
        return literalOf(node, node.value);
      case "enum":
        return literalOf(node, this.enumValue(node.name));
      case "list":
        return this.list(node);
      case "map":
        return this.map(node);
      case "path":
        return this.path(node);
      case "call":
        return { node, get: this.call(node) };
      case "sign": {
        const { get, literal } = this.expression(node.value);
        if (!node.isNegative) return { node, get, ...(literal !== undefined && { literal }) };
        if (typeof literal === "bigint" || typeof literal === "number") return literalOf(node, negate(literal));
        return { node, get: (frame) => negate(get(frame)) };
      }
      case "math": {
        const { operator } = node;
        const left = this.expression(node.left).get;
        const right = this.expression(node.right).get;
        return { node, get: (frame) => calculate(operator, left(frame), right(frame)) };
      }
    }
  }

  textFunction(name: string): (text: string, frame: Frame) => Value {
    const converter = this.environment.converters.get(name);
    if (!converter) throw this.undefinedFunction(name);
    let current = "";
    const node: ValueNode = { kind: "nil" };
    const slot: Expression = { node, get: () => current };
    const reader: ArgsReader = {
      host: this.host,
      textFunction: (other) => this.textFunction(other),
      expression: (other) => (other === node ? slot : this.expression(other)),
    };
    const args: ArgumentNode[] = [{ value: node }];
    // What it takes shows when it is called.
    const built = attempt(() => converter.build(new Args(reader, { name, parameters: converter.parameters, args })));
    return (text, frame) => {
      if ("problem" in built) throw new Failure(built.problem);
      current = text;
      return built.value(frame);
    };
  }

  private undefinedFunction(name: string): OttlError {
    const exists = this.environment.missing.has(name);
    return new OttlError(
      exists ? `function "${name}" exists in the Collector but is not supported here` : `undefined function "${name}"`,
    );
  }

  private enumValue(name: string): bigint {
    const { enums } = this.environment.context;
    const value = Object.hasOwn(enums, name) ? enums[name] : undefined;
    if (value === undefined) throw new OttlError(`enum symbol, ${name}, not found`);
    return value;
  }

  private list(node: Extract<ValueNode, { kind: "list" }>): Expression {
    const items = node.items.map((item) => this.expression(item));
    const get: Getter = (frame) => new ListValue(items.map((item) => plain(item.get(frame))));
    const literals = items.map((item) => item.literal);
    if (!literals.every((each) => each !== undefined)) return { node, get };
    return { node, get, literal: new ListValue(literals.map(plain)) };
  }

  private map(node: Extract<ValueNode, { kind: "map" }>): Expression {
    const entries = node.entries.map(([key, value]) => [key, this.expression(value)] as const);
    const get = (frame: Frame) => mapOf(new Map(entries.map(([key, value]) => [key, plain(value.get(frame))])));
    if (!entries.every(([, { literal }]) => literal !== undefined)) return { node, get };
    return { node, get, literal: mapOf(new Map(entries.map(([key, { literal }]) => [key, plain(literal)]))) };
  }

  private path(node: PathNode): Expression {
    const { field, keys } = resolveField(node, this.environment);
    const target: Target = keys.length === 0 ? wholeTarget(field) : keyedTarget(field, this.keys(keys));
    return { node, target, get: target.get };
  }

  private call(node: CallNode): Getter {
    const converter = this.environment.converters.get(node.name);
    if (!converter) throw this.undefinedFunction(node.name);
    const get = converter.build(new Args(this, { name: node.name, parameters: converter.parameters, args: node.args }));
    if (node.keys.length === 0) return get;
    const keys = this.keys(node.keys);
    return (frame) => getInResult(get(frame), keys(frame));
  }

  private keys(nodes: readonly ValueNode[]): ReadKeys {
    const expressions = nodes.map((node) => this.expression(node));
    const literals = expressions.map((each) => each.literal);
    if (literals.every((each) => typeof each === "string" || typeof each === "bigint")) {
      const keys = constantKeys(literals as (string | bigint)[]);
      return () => keys;
    }
    return (frame) => expressions.map((each) => keyOf(each.get(frame)));
  }
}

function literalOf(node: ValueNode, literal: Value): Expression {
  return { node, literal, get: () => literal };
}

function keyOf(value: Value): Key {
  if (typeof value === "bigint") return value;
  if (typeof value === "string") return { text: value, bytes: utf8(value) };
  throw new Failure(`could not resolve key for map/slice, expecting 'string' but got '${kindOf(value)}'`);
}

function plain(value: Value | undefined): AnyValue {
  if (value !== undefined && isAnyValue(value)) return value;
  throw new Failure(`unsupported value type ${value === undefined ? "nil" : kindOf(value)}`);
}
