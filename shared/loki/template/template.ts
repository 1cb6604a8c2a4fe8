import { functionsAt } from "./functions.ts";
import {
  type Command,
  type Operand,
  type Pipe,
  TemplateFailure,
  type TemplateFunction,
  type TemplateNode,
  type TemplateValue,
} from "./nodes.ts";
import { parseTemplate } from "./parse.ts";
import { isTrue, printed } from "./values.ts";

/** A template that is ready to run: its text for some data, or undefined where it fails on them. */
export type Template = (data: ReadonlyMap<string, TemplateValue>) => string | undefined;

const maxChars = 16_777_216;
/** What one run may cost: a step for each node, function and kilobyte. */
const maxSteps = 200_000;

/**
 * Compiles a template in the subset of Go's text/template that stages use; `now` gives milliseconds since 1970. Throws a `TemplateError`.
 */
export function compileTemplate(source: string, now: () => number = () => 0): Template {
  const nodes = parseTemplate(source, functionsAt(now));
  return (data) => {
    try {
      return new Run(data).text(nodes);
    } catch (error) {
      if (error instanceof TemplateFailure) return undefined;
      throw error;
    }
  };
}

type BranchNode = Extract<TemplateNode, { readonly names: readonly string[] }>;

/** Variables of a block; those around it are seen too. */
interface Scope {
  readonly values: Map<string, TemplateValue>;
  readonly outer: Scope | undefined;
}

class Run {
  private scope: Scope;
  private dot: TemplateValue;
  private steps = 0;
  /** The word that ends the loop or its turn, until that has ended. */
  private leaving: "break" | "continue" | undefined;

  constructor(data: ReadonlyMap<string, TemplateValue>) {
    this.dot = data;
    this.scope = { values: new Map([["$", data]]), outer: undefined };
  }

  text(nodes: readonly TemplateNode[]): string {
    let text = "";
    for (const node of nodes) {
      text += this.node(node);
      if (text.length > maxChars) throw new TemplateFailure("the result is too long");
      if (this.leaving !== undefined) break;
    }
    return text;
  }

  private node(node: TemplateNode): string {
    this.step(1);
    switch (node.kind) {
      case "text":
        return node.text;
      case "print":
        return printed(this.pipe(node.pipe));
      case "set":
        this.set(node.name, this.pipe(node.pipe), node.isNew);
        return "";
      case "break":
      case "continue":
        this.leaving = node.kind;
        return "";
      case "range":
        return this.inside(() => this.range(node));
      default:
        return this.inside(() => this.branch(node));
    }
  }

  /** With variables and a dot that are what they were behind it. */
  private inside(run: () => string): string {
    const { scope, dot } = this;
    this.scope = { values: new Map(), outer: scope };
    const text = run();
    this.scope = scope;
    this.dot = dot;
    return text;
  }

  private branch({ kind, names, isNew, pipe, body, otherwise }: BranchNode): string {
    const value = this.pipe(pipe);
    for (const name of names) this.set(name, value, isNew);
    if (!isTrue(value)) return this.text(otherwise);
    if (kind === "with") this.dot = value;
    return this.text(body);
  }

  private range({ names, isNew, pipe, body, otherwise }: BranchNode): string {
    const items = itemsOf(this.pipe(pipe));
    if (items.length === 0) return this.text(otherwise);
    let text = "";
    for (const [key, value] of items) {
      const given = names.length === 2 ? [key, value] : [value];
      text += this.inside(() => {
        for (const [index, name] of names.entries()) this.set(name, given[index], isNew);
        this.dot = value;
        return this.text(body);
      });
      if (text.length > maxChars) throw new TemplateFailure("the result is too long");
      const { leaving } = this;
      this.leaving = undefined;
      if (leaving === "break") break;
    }
    return text;
  }

  private set(name: string, value: TemplateValue, isNew: boolean): void {
    let scope = this.scope;
    if (!isNew) while (!scope.values.has(name) && scope.outer !== undefined) scope = scope.outer;
    scope.values.set(name, value);
  }

  private variable(name: string): TemplateValue {
    for (let scope: Scope | undefined = this.scope; scope !== undefined; scope = scope.outer) {
      if (scope.values.has(name)) return scope.values.get(name);
    }
    return undefined;
  }

  private step(cost: number): void {
    this.steps += cost;
    if (this.steps > maxSteps) throw new TemplateFailure("the template takes too long");
  }

  private pipe(pipe: Pipe): TemplateValue {
    let value: TemplateValue;
    for (const [index, command] of pipe.entries()) value = this.command(command, index === 0 ? [] : [value]);
    return value;
  }

  private command(command: Command, last: readonly TemplateValue[]): TemplateValue {
    if (command.kind === "operand") return this.operand(command.operand);
    return this.call(command.call, [...command.args.map((each) => this.operand(each)), ...last]);
  }

  /** What goes in and what comes out costs by its size: a loop may do it again and again. */
  private call(call: TemplateFunction, args: readonly TemplateValue[]): TemplateValue {
    for (const each of args) this.step(1 + costOf(each));
    const value = call(...args);
    this.step(1 + costOf(value));
    if (typeof value === "string" && value.length > maxChars) throw new TemplateFailure("a value is too long");
    return value;
  }

  private operand(operand: Operand): TemplateValue {
    switch (operand.kind) {
      case "literal":
        return operand.value;
      case "function":
        return this.call(operand.call, []);
      case "dot":
        return fieldsOf(this.dot, operand.fields);
      case "variable":
        return fieldsOf(this.variable(operand.name), operand.fields);
      case "pipe":
        return fieldsOf(this.pipe(operand.pipe), operand.fields);
    }
  }
}

function costOf(value: TemplateValue): number {
  if (typeof value === "string") return value.length >> 10;
  return Array.isArray(value) ? value.length >> 3 : value instanceof Map ? value.size >> 3 : 0;
}

/** What a range goes through: pairs of a place or key and its value; maps by the order of their keys, numbers from 0 on. */
function itemsOf(value: TemplateValue): readonly (readonly [TemplateValue, TemplateValue])[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return [...value.entries()];
  if (value instanceof Map) return [...value].sort(([a], [b]) => (a < b ? -1 : 1));
  if (typeof value !== "number") throw new TemplateFailure(`range can't iterate over ${printed(value)}`);
  if (value > maxSteps) throw new TemplateFailure("the template takes too long");
  return Array.from({ length: Math.max(0, Math.trunc(value)) }, (_, index) => [index, index]);
}

function fieldsOf(value: TemplateValue, fields: readonly string[]): TemplateValue {
  let found = value;
  for (const field of fields) {
    if (!(found instanceof Map)) throw new TemplateFailure(`can't evaluate field ${field}`);
    found = found.get(field);
  }
  return found;
}
