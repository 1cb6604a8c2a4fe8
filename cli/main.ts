import { commands } from "./commands.ts";
import { run } from "./run.ts";
import { processIo } from "./terminal/io.ts";

// A reader that has had enough (`sluice config list | head -1`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

process.exitCode = await run(process.argv.slice(2), commands, processIo());
