import type { Expression, Statement } from "../../../shared/alloy/ast.ts";
import { evaluate } from "../../../shared/alloy/evaluate.ts";
import { EvaluationError } from "../../../shared/alloy/evaluation-error.ts";
import { parseFile } from "../../../shared/alloy/parse.ts";
import { printFile } from "../../../shared/alloy/print.ts";
import { createSource } from "../../../shared/alloy/source.ts";
import { signalNames } from "../../../shared/signal.ts";
import { vectorScope } from "../../alloy/vector-scope.ts";
import vectors from "../../fixtures/alloy/language.json" with { type: "json" };
import { demand, type FuzzInput, type FuzzTarget } from "./fuzz.ts";
import type { Seeds } from "./seeds.ts";

const scope = vectorScope({});

/** Any bytes as a configuration file. What parses prints as what parses, and its expressions have a value or an error. */
export async function createAlloyTarget(): Promise<FuzzTarget> {
  const texts = vectors.cases.map(({ kind, source }) => (kind === "expr" ? `a = ${source}` : source));
  const bytes = texts.map((text) => new TextEncoder().encode(text));
  const seeds = Object.fromEntries(signalNames.map((signal) => [signal, bytes])) as unknown as Seeds;
  return { name: "alloy", seeds, check };
}

function check({ bytes }: FuzzInput): boolean {
  const parsed = parseFile(createSource("fuzz", bytes));
  if (parsed.kind === "invalid") {
    demand(
      parsed.diagnostics.length > 0 && parsed.diagnostics.length <= 101,
      "the number of diagnostics is out of bounds",
    );
    return false;
  }
  const printed = printFile(parsed.tree);
  const again = parseFile(createSource("fuzz", printed));
  demand(again.kind === "parsed", "what was printed does not parse");
  demand(printFile(again.tree) === printed, "printing twice prints something else");
  for (const expression of expressionsOf(parsed.tree.body)) {
    try {
      evaluate(expression, scope);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
    }
  }
  return true;
}

function expressionsOf(body: readonly Statement[]): readonly Expression[] {
  return body.flatMap((each) => (each.kind === "attribute" ? [each.value] : expressionsOf(each.body)));
}
