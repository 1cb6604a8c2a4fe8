import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { findChecker } from "../support/infra/checkers.ts";
import { everything, packagedProd, slsPackage } from "../support/infra/sls.ts";

const cfnLint = findChecker("cfn-lint");

const listenerArn =
  "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shared/0123456789abcdef/0123456789abcdef";

describe.skipIf(!cfnLint)("the template, read by cfn-lint (skipped where cfn-lint is not found)", () => {
  it("has no finding, not even a warning, with everything switched on and with what a first deployment gives", async () => {
    const { vpcId, subnetIds } = everything;
    const packages = [
      await slsPackage({ params: { vpcId, subnetIds, allowedCidrs: "10.0.0.0/8" } }),
      // Without subnets of its own.
      await slsPackage({ params: { listenerArn, listenerHosts: "otlp.example.com" } }),
    ];
    const files = [await packagedProd(), ...packages].map(({ templateFile }) => templateFile);
    const lint = () => execFileSync(cfnLint ?? "", ["--format", "parseable", ...files], { encoding: "utf8" });
    expect(lint()).toBe("");
    for (const { remove } of packages) remove();
  });
});
