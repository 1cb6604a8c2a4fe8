/** US dollars, us-east-1, on demand, without free tiers; checked November 2026. */
export const price = {
  balancerHour: 0.0225,
  /** A capacity unit is 0.4 GB an hour of what goes to functions. */
  balancerUnitHour: 0.008,
  invocation: 0.2e-6,
  gibibyteSecondArm: 0.0000133334,
  sqsRequest: 0.4e-6,
  logByte: 0.5e-9,
  metric: 0.3,
  alarm: 0.1,
  egressByte: 0.09e-9,
  /** CloudWatch metric streams: a metric update is a metric's minute. */
  update: 0.003e-3,
  /** Firehose, direct put, a byte of records. */
  firehoseByte: 0.029e-9,
  secretMonth: 0.4,
  getObject: 0.4e-6,
  /** S3's events through EventBridge; SQS straight from S3 has none of it. */
  event: 1e-6,
} as const;

/** Of a month. */
export const hours = 730;
