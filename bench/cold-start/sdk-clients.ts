import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";

/** What any function costs that talks to SQS and SSM through the SDK: the measure of the functions' start. */
export const clients = [new SQSClient({}), new SSMClient({}), SendMessageBatchCommand, GetParametersByPathCommand];
