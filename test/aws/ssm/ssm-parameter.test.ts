import { afterEach, describe, expect, it, vi } from "vitest";
import { readSsmParameter } from "../../../shared/aws/ssm/ssm-parameter.ts";
import { startFakeSsm } from "../../support/fake-ssm.ts";

afterEach(() => vi.unstubAllEnvs());

describe("readSsmParameter()", () => {
  it("gives the text of one parameter, and names it where it cannot", async () => {
    const ssm = await startFakeSsm();
    for (const [name, value] of Object.entries({
      AWS_ENDPOINT_URL_SSM: ssm.endpoint,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
    })) {
      vi.stubEnv(name, value);
    }
    ssm.put("/alloy-daemon/demo/config", "logging { }");
    expect(await readSsmParameter("/alloy-daemon/demo/config")).toBe("logging { }");
    await expect(readSsmParameter("/nope")).rejects.toThrow("Cannot read the SSM parameter /nope");
    await ssm.close();
  });
});
