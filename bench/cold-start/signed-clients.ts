import { createLambdaClients } from "../../shared/aws/lambda/lambda-clients.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { askAws } from "./ask-aws.ts";

const { ssm, sqs } = createLambdaClients({ env: process.env, clock, random: Math.random });

/** What the functions' calls of AWS cost through our own clients. */
export const handler = await askAws(ssm, sqs());
