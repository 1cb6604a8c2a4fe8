import { exitCodes } from "./command.ts";
import { commands } from "./commands.ts";
import { run } from "./run.ts";
import { errorText } from "./terminal/error-text.ts";
import { complain, processIo } from "./terminal/io.ts";

// A reader that has had enough (`sluice config list | head -1`) is not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") complain(processIo(), errorText(error));
  process.exit(error.code === "EPIPE" ? exitCodes.ok : exitCodes.failed);
});

const io = processIo();
process.exitCode = await run(process.argv.slice(2), commands, io).catch((error: unknown) => {
  complain(io, errorText(error), io.env.SLUICE_LOG_LEVEL === "debug" ? String((error as Error).stack) : undefined);
  return exitCodes.failed;
});
