import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedSqs } from "../../../local/embedded-sqs.ts";

// The embedded queue in a process of its own: it outlives the processes that a test kills.
const sqs = await startEmbeddedSqs({ dataDir: mkdtempSync(join(tmpdir(), "sluice-queue-")) });
const queueUrl = sqs.createQueue("sluice", {}).url;
const deadLetterQueueUrl = sqs.createQueue("sluice-dead-letters", {}).url;
process.on("disconnect", () => process.exit(0));
process.on("message", (name: string) => process.send?.(sqs.bodies(name)));
process.send?.({ queueUrl, deadLetterQueueUrl });
