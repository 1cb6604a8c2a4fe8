import { describe, expect, it } from "vitest";
import { assumeRole } from "../../shared/aws/assume-role.ts";
import type { Transport } from "../../shared/delivery/transport.ts";

describe("assumeRole()", () => {
  it.each([
    ["eu-west-1", "https://sts.eu-west-1.amazonaws.com/"],
    ["cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn/"],
  ])("asks STS of the partition that %s is in", async (region, url) => {
    const asked: string[] = [];
    const transport: Pick<Transport, "post"> = {
      post(request) {
        asked.push(request.url);
        return Promise.resolve({ kind: "failed", reason: "no network", permanent: false });
      },
    };
    const credentials = { accessKeyId: "AKID", secretAccessKey: "s" };
    const roleArn = "arn:aws:iam::1:role/x";
    const assuming = assumeRole({ roleArn, region, credentials, transport: transport as Transport, now: 0 });
    await expect(assuming).rejects.toThrow("failed: no network");
    expect(asked).toEqual([url]);
  });
});
