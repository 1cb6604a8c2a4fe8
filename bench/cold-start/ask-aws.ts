import type { Sqs } from "../../shared/aws/sqs/sqs.ts";
import type { Ssm } from "../../shared/aws/ssm/ssm.ts";

/** The calls of AWS that ingest makes: the settings of its three paths as it starts, a batch of one message for each request. */
export async function askAws(ssm: Ssm, sqs: Sqs): Promise<() => Promise<unknown>> {
  const paths = ["settings", "senders", "pipeline"];
  await Promise.all(
    paths.map((path) => ssm.getParametersByPath({ Path: `/sluice/bench/${path}/`, Recursive: true, MaxResults: 10 })),
  );
  const input = { QueueUrl: process.env.SLUICE_QUEUE_URL, Entries: [{ Id: "0", MessageBody: "x".repeat(1000) }] };
  return () => sqs.sendMessageBatch(input);
}
