import { readFileSync } from "node:fs";
import { checkPipeline } from "../functions/pipeline/check-pipeline.ts";
import { errorText } from "../shared/error-text.ts";

/** `node infra/check-pipeline.ts FILE` prints what is wrong with a pipeline of the functions; nothing where they would run it. */
const [file = ""] = process.argv.slice(2);
process.stdout.write((await problemOf(file)) ?? "");

async function problemOf(path: string): Promise<string | undefined> {
  try {
    return await checkPipeline(readFileSync(path, "utf8"), process.env);
  } catch (error) {
    return `The pipeline ${path} cannot be read: ${errorText(error)}`;
  }
}
