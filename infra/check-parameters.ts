import { json } from "node:stream/consumers";
import { type Deployment, findParameterProblems } from "./parameter-problems.ts";

/** `node infra/check-parameters.ts` takes a deployment as JSON on stdin and prints a line for each problem. */
const deployment = (await json(process.stdin)) as Deployment;
for (const problem of findParameterProblems(deployment)) process.stdout.write(`${problem}\n`);
