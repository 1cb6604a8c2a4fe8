import type { QueueStatusRead } from "../../shared/aws/sqs/queue-status.ts";
import { adminOf } from "../admin-url.ts";
import { defineCommand, exitCodes, stageOption } from "../command.ts";
import { localOption, withLocalStack } from "../local-stack.ts";
import { stageOf } from "../stage.ts";
import { complain } from "../terminal/io.ts";
import { type OldestAge, readOldestAge } from "../terminal/oldest-age.ts";
import { table } from "../terminal/table.ts";
import { type DaemonStatus, readDaemonStatus } from "./daemon-status.ts";
import { type Queues, readQueues } from "./queues.ts";

/** `sluice status`. */
export const status = defineCommand({
  name: "status",
  summary: "Show how much is waiting, how old it is, and the dead letters",
  details:
    "It looks at the stage's queues in AWS, or at those of SLUICE_QUEUE_URL and SLUICE_DEAD_LETTER_QUEUE_URL, and, without --stage, also asks a daemon on this machine.",
  options: {
    stage: stageOption,
    local: localOption,
    admin: {
      type: "string",
      placeholder: "URL",
      help: "Admin address of a daemon (default: SLUICE_ADMIN_HOST and _PORT)",
    },
  },
  examples: [
    { line: "sluice status --stage prod", comment: "the prod stage's queues" },
    { line: "sluice status --local", comment: "the stack that `npm start` runs" },
    { line: "sluice status --json | jq .queue.waiting", comment: "for a script" },
    { line: "sluice status --admin http://127.0.0.1:12345", comment: "with the daemon's own counts" },
  ],
  async run({ options, io: given, show }) {
    const io = options.local ? withLocalStack(given) : given;
    if (io === undefined) return exitCodes.failed;
    const stage = stageOf(options, io);
    if (stage === undefined) return exitCodes.usage;
    // A stage in AWS has nothing to do with whatever listens on this machine.
    const asksAws = options.stage !== undefined && !options.local;
    const admin = options.admin ?? (asksAws ? undefined : adminOf(io));
    const [{ local, queue, deadLetters, objects }, daemon] = await Promise.all([
      readQueues(stage, io),
      admin === undefined ? undefined : readDaemonStatus(admin.replace(/\/+$/, "")),
    ]);
    const age: OldestAge =
      local || queue.kind === "failed" ? { kind: "read" } : await readOldestAge(`sluice-${stage}`, Date.now());
    const rows = [
      ["queue", queueText(queue, age)],
      ["dead letters", deadLettersText(deadLetters)],
      ...(objects ? objectRows(objects) : []),
      ...(daemon && admin ? [["daemon", daemonText(daemon, admin)]] : []),
    ];
    show({ data: { stage, queue: { ...queue, oldest: age }, deadLetters, objects, daemon }, text: table(rows) });
    const failed = [queue, deadLetters, ...(objects ? [objects.queue, objects.deadLetters] : [])].find(
      (each) => each.kind === "failed",
    );
    if (failed?.kind !== "failed") return exitCodes.ok;
    complain(io, failed.reason, `Find out more: sluice doctor --stage ${stage}`);
    return exitCodes.failed;
  },
});

function queueText(queue: QueueStatusRead, age: OldestAge): string {
  if (queue.kind === "failed") return "not readable";
  const oldest = age.kind === "read" && age.seconds !== undefined ? `, oldest ${age.seconds} s` : "";
  return `${queue.waiting} waiting, ${queue.inFlight} in flight, ${queue.delayed} delayed${oldest}`;
}

function objectRows({ queue, deadLetters }: NonNullable<Queues["objects"]>): string[][] {
  return [
    ["objects", queueText(queue, { kind: "read" })],
    ["objects dead letters", deadLettersText(deadLetters)],
  ];
}

function deadLettersText(letters: QueueStatusRead): string {
  return letters.kind === "failed" ? "not readable" : String(letters.waiting + letters.inFlight + letters.delayed);
}

function daemonText(daemon: DaemonStatus, admin: string): string {
  if (daemon.kind === "absent") return `none at ${admin}`;
  const { counts } = daemon;
  const ready = daemon.ready ? "ready" : `not ready: ${daemon.reason ?? "no reason given"}`;
  const items = `items: ${counts.accepted_items} accepted, ${counts.delivered_items} delivered, ${counts.rejected_items} rejected, ${counts.dead_lettered_items} dead-lettered, ${counts.spilled_items} spilled`;
  return `${ready}; ${items}; ${counts.in_flight_bytes} bytes in flight`;
}
