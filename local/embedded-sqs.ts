import { chmodSync, mkdirSync } from "node:fs";
import { buildApp } from "fauxqs";

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>["stores"]>;
type SqsStore = Stores["sqsStore"];
type SqsQueue = ReturnType<SqsStore["createQueue"]>;
type Persistence = NonNullable<SqsStore["persistence"]>;

/** SQS on a loopback port, its queues in SQLite below a directory. */
export interface EmbeddedSqs {
  /** `http://127.0.0.1:PORT`: the endpoint for an SQS client. */
  readonly endpoint: string;
  /** Creates a queue, or gives an existing one these attributes (SQS CreateQueue). */
  createQueue(name: string, attributes: Readonly<Record<string, string>>): { url: string; arn: string };
  /** The bodies of all messages, visible or not, oldest first. */
  bodies(name: string): readonly string[];
  stop(): Promise<void>;
}

export const region = "us-east-1";
const account = "000000000000";
// The package exports its start function alone, and that one listens on every interface; the classes behind it are
// what a loopback server is built from. The version is pinned, and test/local/embedded-sqs.test.ts guards the seams.
const home = import.meta.resolve("fauxqs");

/**
 * Starts fauxqs on `host`, restores what `dataDir` holds and makes every message visible again: whoever held one before
 * is gone. SQLite commits each message to disk (WAL, synchronous=FULL) before SendMessage is answered.
 */
export async function startEmbeddedSqs({ dataDir, host = "127.0.0.1" }: EmbeddedSqsOptions): Promise<EmbeddedSqs> {
  const [{ SqsStore }, { SnsStore }, { S3Store }, { PersistenceManager }] = await Promise.all([
    load<{ SqsStore: new () => SqsStore }>("sqs/sqsStore.js"),
    load<{ SnsStore: new () => Stores["snsStore"] }>("sns/snsStore.js"),
    load<{ S3Store: new () => Stores["s3Store"] }>("s3/s3Store.js"),
    load<{ PersistenceManager: new (dir: string) => Persistence }>("persistence.js"),
  ]);
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  const { sqsStore } = stores;
  // The queue holds telemetry: only its owner reads it, whatever the umask is.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
  const persistence = new PersistenceManager(dataDir);
  persistence.loadSqsAndSns(sqsStore, stores.snsStore);
  sqsStore.persistence = persistence;
  const begin = createCommits(persistence);
  for (const queue of sqsStore.allQueues()) {
    queue.persistence = persistence;
    for (const entry of mend(queue, begin).inflightMessages.values()) entry.visibilityDeadline = 0;
  }
  const app = buildApp({ logger: false, host, defaultRegion: region, stores });
  app.addHook("onClose", async () => persistence.close());
  const endpoint = await app.listen({ port: 0, host });

  return {
    endpoint,
    createQueue(name, attributes) {
      const url = `${endpoint}/${account}/${name}`;
      const arn = `arn:aws:sqs:${region}:${account}:${name}`;
      const known = sqsStore.getQueueByName(name);
      if (known) known.setAttributes({ ...attributes });
      else mend(sqsStore.createQueue(name, url, arn, { ...attributes }), begin);
      return { url, arn };
    },
    bodies(name) {
      const { ready = [], delayed = [], inflight = [] } = sqsStore.inspectQueue(name)?.messages ?? {};
      const messages = [...ready, ...delayed, ...inflight.map(({ message }) => message)];
      return messages.sort((a, b) => a.sentTimestamp - b.sentTimestamp).map(({ body }) => body);
    },
    stop: () => app.close(),
  };
}

interface EmbeddedSqsOptions {
  readonly dataDir: string;
  readonly host?: string;
}

function load<Module>(path: string): Promise<Module> {
  return import(new URL(path, home).href);
}

/** The part of node:sqlite's database that is used here. */
interface Database {
  exec(sql: string): void;
}

/**
 * Makes all that one request changes one commit: one wait for the disk for ten messages, and no gap for a kill between a
 * message leaving a queue and entering the dead-letter queue. Microtasks run before the answer is written, so nothing is
 * answered that is not committed; a commit that fails ends the process, because memory and disk differ from then on.
 */
function createCommits(persistence: Persistence): () => void {
  const { db } = persistence as unknown as { db: Database };
  let open = false;
  return () => {
    if (open) return;
    db.exec("BEGIN");
    open = true;
    queueMicrotask(() => {
      open = false;
      db.exec("COMMIT");
    });
  };
}

/** Gives a queue of fauxqs 2.4.1 commits per request, and mends a way in which it loses messages. */
function mend(queue: SqsQueue, begin: () => void): SqsQueue {
  const { enqueue, dequeue, deleteMessage, changeVisibility } = queue;
  queue.enqueue = (message) => {
    begin();
    enqueue.call(queue, message);
  };
  queue.dequeue = (...parameters) => {
    begin();
    return dequeue.apply(queue, parameters);
  };
  queue.deleteMessage = (receiptHandle) => {
    begin();
    return deleteMessage.call(queue, receiptHandle);
  };
  // Timeout 0 writes NULL into a NOT NULL column and throws, with the message already taken out of the queue.
  queue.changeVisibility = (receiptHandle, seconds) => {
    begin();
    changeVisibility.call(queue, receiptHandle, seconds === 0 ? -1 : seconds);
    queue.processTimers();
  };
  return queue;
}
