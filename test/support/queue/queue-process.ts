import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** An SQS on loopback in a process of its own, behind a gate that a test can close. */
export interface QueueProcess {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** Bodies of all messages of `sluice` or `sluice-dead-letters`, oldest first. */
  bodies(name?: "sluice" | "sluice-dead-letters"): Promise<string[]>;
  /** While closed, connections are reset. */
  setOpen(open: boolean): void;
  stop(): Promise<void>;
}

/** Starts the queue. */
export async function startQueueProcess(): Promise<QueueProcess> {
  const child = fork(join(import.meta.dirname, "queue-main.ts"), { stdio: "inherit" });
  const [urls] = (await once(child, "message")) as [{ queueUrl: string; deadLetterQueueUrl: string }];
  const target = new URL(urls.queueUrl);
  let isOpen = true;
  const gate = createServer((request, response) => {
    if (!isOpen) return void request.socket.destroy();
    const { method, url: path, headers } = request;
    const onward = httpRequest({ host: target.hostname, port: target.port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => gate.listen(0, "127.0.0.1", resolve));
  const gated = (url: string) => url.replace(target.host, `127.0.0.1:${(gate.address() as AddressInfo).port}`);
  let asking: Promise<unknown> = Promise.resolve();

  return {
    queueUrl: gated(urls.queueUrl),
    deadLetterQueueUrl: gated(urls.deadLetterQueueUrl),
    bodies(name = "sluice") {
      const asked = asking.then(async () => {
        child.send(name);
        const [bodies] = (await once(child, "message")) as [string[]];
        return bodies;
      });
      asking = asked;
      return asked;
    },
    setOpen(open) {
      isOpen = open;
      if (!open) gate.closeAllConnections();
    },
    async stop() {
      gate.close();
      gate.closeAllConnections();
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
