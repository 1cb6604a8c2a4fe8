#!/usr/bin/env node
// Plain JavaScript for any Node: the program needs Node 24 (it runs TypeScript as it is), and the repository pins one.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = new URL("./main.ts", import.meta.url);
const pinned = fileURLToPath(new URL("../node_modules/node/bin/node", import.meta.url));

if (Number(process.versions.node.split(".")[0]) >= 24) {
  await import(main.href);
} else if (existsSync(pinned)) {
  const child = spawn(pinned, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: "inherit" });
  // A terminal sends Ctrl-C to both; this process only has to outlive the child.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code ?? 1;
  });
} else {
  console.error(
    `sluice needs Node 24, this is ${process.versions.node}. Run \`npm ci\`, which brings it, and try again.`,
  );
  process.exitCode = 3;
}
