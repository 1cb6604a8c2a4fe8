import { homedir } from "node:os";
import { join } from "node:path";
import { settings } from "../../shared/config/settings.ts";
import { joinLetters } from "../../shared/dead-letters/stage-queues.ts";
import { exitCodes } from "../command.ts";
import { withLocalStack } from "../local-stack.ts";
import { stageOf } from "../stage.ts";
import { queueClient, readQueues } from "../status/queues.ts";
import { complain, type Io } from "../terminal/io.ts";
import type { DeadLetterQueues } from "./dead-letter-queues.ts";

interface PlaceOptions {
  readonly stage?: string;
  readonly local?: boolean;
  readonly storage?: string;
  readonly admin?: string;
  readonly lease?: string;
}

const maxLeaseSeconds = 3600;

/** Finds the queues of a stage or of the local stack; an exit code, with a complaint, where they cannot be used. */
export async function openQueues(
  options: PlaceOptions,
  given: Io,
  { leaseSeconds }: { readonly leaseSeconds: number },
): Promise<DeadLetterQueues | (typeof exitCodes)["usage" | "failed"]> {
  const lease =
    options.lease === undefined ? leaseSeconds : /^\d{1,4}$/.test(options.lease) ? Number(options.lease) : 0;
  if (lease < 1 || lease > maxLeaseSeconds) {
    complain(given, `--lease is ${options.lease}: it must be a whole number of seconds from 1 to ${maxLeaseSeconds}.`);
    return exitCodes.usage;
  }
  const own = await openOwn(options, given);
  if (own) {
    const { letters, fix, ...named } = own;
    if (!("problem" in letters)) return { ...letters, ...named, leaseSeconds: lease, waitSeconds: 0 };
    complain(given, letters.problem, fix);
    return exitCodes.failed;
  }
  const io = options.local ? withLocalStack(given) : given;
  if (io === undefined) return exitCodes.failed;
  const stage = stageOf(options, io);
  if (stage === undefined) return exitCodes.usage;
  const { queue, deadLetters, objects, local } = await readQueues(stage, io);
  if (deadLetters.kind === "failed") return fail(deadLetters.reason);
  if (queue.kind === "failed") return fail(queue.reason);
  const { createSqsReader } = await import("../../shared/aws/sqs/sqs-reader.ts");
  const { createSqsQueue } = await import("../../shared/aws/sqs/sqs-queue.ts");
  const client = await queueClient(io);
  // What it is not sure to have sent it must not send again by itself: the replay does, and says so.
  const sending = await queueClient(io, { maxAttempts: 1 });
  const lettersOf = (from: string, to: string) => ({
    reader: createSqsReader({ client, queueUrl: from }),
    queue: createSqsQueue({ client: sending, queueUrl: to }),
  });
  return {
    stage,
    ...joinLetters(lettersOf(deadLetters.url, queue.url), objectLetters()),
    leaseSeconds: lease,
    ...(local && { waitSeconds: 0 }),
    flag: options.local ? "--local" : `--stage ${stage}`,
    close() {
      client.destroy();
      sending.destroy();
    },
  };

  function objectLetters() {
    if (!objects) return undefined;
    const { deadLetters: from, queue: to } = objects;
    if (from.kind === "read" && to.kind === "read") return lettersOf(from.url, to.url);
    const { reason } = from.kind === "failed" ? from : { reason: "", ...to };
    given.say(`Dead letters of objects in S3 are left out: ${reason}`);
    return undefined;
  }

  function fail(reason: string): (typeof exitCodes)["failed"] {
    if (local) complain(given, `No local stack answers at ${io?.env[settings.queueUrl.env]}.`, "Start it: npm start");
    else complain(given, reason, `Find out more: sluice doctor --stage ${stage}`);
    return exitCodes.failed;
  }
}

/** The dead letters of a daemon's own, where the options name one: by its storage path, or by its admin port. */
async function openOwn({ storage, admin }: PlaceOptions, { env }: Io) {
  if (storage !== undefined) {
    const { openStoredQueues } = await import("./stored-queues.ts");
    const letters = await openStoredQueues(storage, env);
    const fix = "Give --storage the path that the daemon has, as the user that it runs as.";
    return { letters, fix, stage: storage, flag: `--storage ${storage}` };
  }
  if (admin === undefined) return undefined;
  const { openAdminQueues } = await import("./admin-queues.ts");
  const letters = await openAdminQueues(admin, env[settings.adminTokens.env]?.split(",")[0]?.trim());
  const fix = "Give --admin its admin port, such as http://127.0.0.1:12345, and SLUICE_ADMIN_TOKENS a token of it.";
  return { letters, fix, stage: admin, flag: `--admin ${admin}` };
}

/** Where the journal of replays is: SLUICE_STATE_DIR, or where the system keeps the state of programs. */
export function stateDirectory({ env }: Pick<Io, "env">): string {
  return env[settings.stateDir.env] || join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "sluice");
}
