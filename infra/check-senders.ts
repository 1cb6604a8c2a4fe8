import { createSsmClient } from "../shared/aws/ssm/ssm-client.ts";
import { createSsmParameters } from "../shared/aws/ssm/ssm-parameters.ts";
import { problemOfPublicApi } from "./public-api.ts";

/** `node infra/check-senders.ts STAGE` prints why a public API of the stage would be of no use; nothing where a sender has a token. */
const [stage = ""] = process.argv.slice(2);
const read = await createSsmParameters({ stage, paths: ["settings", "senders"], ssm: createSsmClient() }).read();
process.stdout.write(problemOfPublicApi(stage, read) ?? "");
