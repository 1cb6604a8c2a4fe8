import { describe, expect, it } from "vitest";
import { gaugeName, percentileOf, statisticSuffix } from "../../../shared/aws-events/metric-stream/metric-name.ts";
import { unitOf } from "../../../shared/aws-events/units.ts";

describe("gaugeName()", () => {
  it.each([
    ["AWS/EC2", "CPUUtilization", "aws_ec2_cpuutilization"],
    ["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "aws_applicationelb_httpcode_elb_5_xx_count"],
    ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "aws_dynamodb_consumed_read_capacity_units"],
    ["/aws/sagemaker/TrainingJobs", "GPUUtilization", "aws_sagemaker_trainingjobs_gpuutilization"],
    ["My App", "requests/second", "aws_my_app_requests_second"],
    ["Größe", "Länge", "aws_gr_e_l_nge"],
    ["", "", "aws"],
  ])("names %s %s", (namespace, metric, name) => {
    expect(gaugeName(namespace, metric)).toBe(name);
    // From the second time on it is known.
    expect(gaugeName(namespace, metric)).toBe(name);
  });
});

describe("statisticSuffix()", () => {
  it.each([
    ["average", "average"],
    ["p99.9", "p99_9"],
    ["TM(25%:75%)", "tm_25_75"],
    ["TC(:10)", "tc_min_10"],
    ["TC(10:)", "tc_10_max"],
    ["IQM", "iqm"],
    ["%", "other"],
  ])("ends %s as %s", (statistic, suffix) => {
    expect(statisticSuffix(statistic)).toBe(suffix);
  });
});

describe("percentileOf()", () => {
  it.each([
    [0.9, "p90"],
    [0.999, "p99.9"],
    [0.29, "p29"],
    [0.57, "p57"],
  ])("calls %d %s", (quantile, name) => {
    expect(percentileOf(quantile)).toBe(name);
  });
});

describe("unitOf()", () => {
  it.each([
    ["Bytes/Second", "By/s"],
    ["Count/Second", "{Count}/s"],
    ["Percent", "%"],
    ["None", "1"],
    ["NoneTranslated", "NoneTranslated"],
  ])("writes %s as %s", (unit, ucum) => {
    expect(unitOf(unit)).toBe(ucum);
  });
});
