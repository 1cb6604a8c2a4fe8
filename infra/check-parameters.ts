import { json } from "node:stream/consumers";
import { findParameterProblems, type ParameterValues } from "./parameter-problems.ts";

/** `node infra/check-parameters.ts` takes the parameters' values as JSON on stdin and prints a line for each problem. */
const values = (await json(process.stdin)) as ParameterValues;
for (const problem of findParameterProblems(values)) process.stdout.write(`${problem}\n`);
