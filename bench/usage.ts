import { type ParseArgsConfig, parseArgs } from "node:util";
import { errorText } from "../shared/error-text.ts";

/** Prints the usage and ends the process where `--help` or `-h` is among its words. */
export function printUsageIfAsked(usage: string): void {
  const words = process.argv.slice(2);
  if (!words.includes("--help") && !words.includes("-h")) return;
  process.stdout.write(`${usage}\n`);
  process.exit(0);
}

/**
 * The options of the process. With `--help` it prints the usage and ends; with an option that there is not, it says so, prints the usage
 * and ends with 2.
 */
export function optionsOf<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  usage: string,
  options: Options,
): ReturnType<typeof parseArgs<{ options: Options }>>["values"] {
  printUsageIfAsked(usage);
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n\n${usage}\n`);
    process.exit(2);
  }
}
