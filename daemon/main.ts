import { basename } from "node:path";

// What is not asked for is not loaded: a health check is a start of its own, every ten seconds.
const [, program = "", ...words] = process.argv;
const pipelineWords = ["run", "fmt", "format", "validate", "convert", "tools", "--version", "-v"];
if (pipelineWords.includes(words[0] ?? "") || basename(program) === "alloy") {
  const { pipelineCommandLine } = await import("./pipeline/command-line.ts");
  const { processPipelineIo } = await import("./pipeline/process-io.ts");
  process.exit(await pipelineCommandLine(words, processPipelineIo()));
}
if (words[0] === "health") process.exit(await (await import("./admin/health-check.ts")).checkHealth(process.env));
await import("./serve.ts");
