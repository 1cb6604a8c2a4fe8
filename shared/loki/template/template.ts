import { functions } from "./functions.ts";
import {
  type Command,
  type Operand,
  type Pipe,
  TemplateFailure,
  type TemplateNode,
  type TemplateValue,
} from "./nodes.ts";
import { parseTemplate } from "./parse.ts";
import { isTrue, printed } from "./values.ts";

/** A template that is ready to run: its text for some data, or undefined where it fails on them. */
export type Template = (data: ReadonlyMap<string, string>) => string | undefined;

const maxChars = 16_777_216;

/** Compiles a template in the subset of Go's text/template that stages use. Throws a `TemplateError`. */
export function compileTemplate(source: string): Template {
  const nodes = parseTemplate(source, functions);
  return (data) => {
    try {
      return new Run(data).text(nodes);
    } catch (error) {
      if (error instanceof TemplateFailure) return undefined;
      throw error;
    }
  };
}

class Run {
  private readonly variables: Map<string, TemplateValue>;
  private dot: TemplateValue;

  constructor(data: ReadonlyMap<string, string>) {
    this.dot = data;
    this.variables = new Map([["$", data]]);
  }

  text(nodes: readonly TemplateNode[]): string {
    let text = "";
    for (const node of nodes) {
      text += this.node(node);
      if (text.length > maxChars) throw new TemplateFailure("the result is too long");
    }
    return text;
  }

  private node(node: TemplateNode): string {
    switch (node.kind) {
      case "text":
        return node.text;
      case "print":
        return printed(this.pipe(node.pipe));
      case "set":
        this.variables.set(node.name, this.pipe(node.pipe));
        return "";
      default: {
        const value = this.pipe(node.pipe);
        if (!isTrue(value)) return this.text(node.otherwise);
        const outer = this.dot;
        if (node.kind === "with") this.dot = value;
        const text = this.text(node.body);
        this.dot = outer;
        return text;
      }
    }
  }

  private pipe(pipe: Pipe): TemplateValue {
    let value: TemplateValue;
    for (const [index, command] of pipe.entries()) value = this.command(command, index === 0 ? [] : [value]);
    return value;
  }

  private command(command: Command, last: readonly TemplateValue[]): TemplateValue {
    if (command.kind === "operand") return this.operand(command.operand);
    return command.call(...command.args.map((each) => this.operand(each)), ...last);
  }

  private operand(operand: Operand): TemplateValue {
    switch (operand.kind) {
      case "literal":
        return operand.value;
      case "function":
        return operand.call();
      case "dot":
        return fieldsOf(this.dot, operand.fields);
      case "variable":
        return fieldsOf(this.variables.get(operand.name), operand.fields);
      case "pipe":
        return fieldsOf(this.pipe(operand.pipe), operand.fields);
    }
  }
}

function fieldsOf(value: TemplateValue, fields: readonly string[]): TemplateValue {
  let found = value;
  for (const field of fields) {
    if (!(found instanceof Map)) throw new TemplateFailure(`can't evaluate field ${field}`);
    found = found.get(field);
  }
  return found;
}
