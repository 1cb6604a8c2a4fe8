import type { Setting } from "./setting.ts";

/** Settings of the function that reads objects of S3. */
export const objectSettings = {
  objectsQueueUrl: {
    type: "url",
    env: "SLUICE_OBJECTS_QUEUE_URL",
    help: "URL of the SQS queue that S3's notices of objects come through",
  },
  objectsDeadLetterQueueUrl: {
    type: "url",
    env: "SLUICE_OBJECTS_DEAD_LETTER_QUEUE_URL",
    help: "URL of the SQS queue for notices of objects that cannot be read",
  },
  maxLineBytes: {
    type: "bytes",
    env: "SLUICE_MAX_LINE_BYTES",
    ssm: "settings/max-line-bytes",
    default: "1MiB",
    min: 1024,
    max: 16_777_216,
    help: "Most bytes of one line of an object in S3, or of one record of CloudTrail; larger ones are dead-lettered",
  },
} as const satisfies Record<string, Setting>;
