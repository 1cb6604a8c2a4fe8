/** Who a stream belongs to; empty where its ARN does not say so. */
export interface StreamOrigin {
  readonly account: string;
  readonly region: string;
}

/** Reads `arn:<partition>:firehose:<region>:<account>:deliverystream/<name>`. */
export function originOf(sourceArn: string): StreamOrigin {
  const [, region = "", account = ""] =
    /^arn:[a-z0-9-]+:firehose:([a-z0-9-]+):(\d{12}):deliverystream\//.exec(sourceArn) ?? [];
  return { account, region };
}
