import { createSqsClient } from "../../shared/aws/sqs/sqs-client.ts";
import { createSsmClient } from "../../shared/aws/ssm/ssm-client.ts";
import { askAws } from "./ask-aws.ts";

/** What the functions' calls of AWS cost through the SDK. */
export const handler = await askAws(createSsmClient(), createSqsClient());
