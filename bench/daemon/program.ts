import { spawn } from "node:child_process";
import { once } from "node:events";
import { freePort, listening } from "../peers/ports.ts";

/** A program under measurement. */
export interface Subject {
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a program that listens on two ports for OTLP, and waits until it does. */
export async function startProgram(
  program: string,
  argsFor: (ports: { readonly grpcPort: number; readonly httpPort: number }) => readonly string[],
): Promise<Subject> {
  const ports = { grpcPort: await freePort(), httpPort: await freePort() };
  const child = spawn(program, argsFor(ports), { stdio: "ignore" });
  await Promise.all([listening(ports.grpcPort), listening(ports.httpPort)]);
  return {
    ...ports,
    pid: child.pid ?? 0,
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
