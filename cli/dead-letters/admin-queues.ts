import { causeText } from "../../shared/error-text.ts";
import { deadLettersName } from "../../shared/node/disk-queue/control.ts";
import { createStorageClient } from "../../shared/node/disk-queue/control-client.ts";
import type { OpenedQueues } from "./stored-queues.ts";

const timeoutMs = 30_000;

/** The dead letters of a running daemon, through its admin port; `token` is one of its SLUICE_ADMIN_TOKENS. */
export async function openAdminQueues(admin: string, token: string | undefined): Promise<OpenedQueues> {
  const base = `${admin.replace(/\/+$/, "")}/api/v0/dead-letters/queue`;
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const client = createStorageClient(async (verb, asked) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(`${base}/${verb}`, { method: "POST", headers, body: JSON.stringify(asked), signal });
    const text = await answer.text();
    if (answer.status === 200) return JSON.parse(text) as unknown;
    throw new Error(problemOf(text) ?? `${base} answers ${answer.status}: is that the admin port of a daemon?`);
  });
  try {
    await client.names();
    return { reader: client.reader(deadLettersName), queue: client.queue, close: () => {} };
  } catch (error) {
    return { problem: `${admin} cannot be asked: ${causeText(error)}` };
  }
}

function problemOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "error" in value ? String(value.error) : undefined;
  } catch {
    return undefined;
  }
}
