import { seededRandom } from "../seeded-random.ts";

/** An object of one kind: its key, and its lines made of a number. */
export interface ObjectCorpus {
  readonly key: string;
  readonly head: string;
  readonly lineOf: (number: number) => string;
  readonly tail: string;
}

const day = "us-east-2/2024/03/01";
const cipher = "ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2";
const group = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/shop-tg/1122334455667788";
const certificate = "arn:aws:acm:us-east-2:123456789012:certificate/0f0e0d0c-0b0a-4908-8706-050403020100";
const agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36";

const hex = (number: number, digits: number) =>
  Math.floor(Math.abs(number)).toString(16).padStart(digits, "0").slice(-digits);
const time = (number: number) => new Date(1_709_294_400_000 + number * 37).toISOString();

/** Objects as services of AWS write them, written from their documentation. */
export const objectCorpus: Readonly<Record<string, ObjectCorpus>> = {
  alb: {
    key: `AWSLogs/123456789012/elasticloadbalancing/${day}/123456789012_elasticloadbalancing_us-east-2_app.shop.1_20240301T1200Z_10.0.0.1_x.log.gz`,
    head: "",
    lineOf(number) {
      const random = seededRandom(number + 1);
      const micros = () => `0.${hex(random() * 4096, 3).replace(/[a-f]/g, "1")}`;
      const trace = `Root=1-65e1b2c0-${hex(random() * 2 ** 48, 12)}${hex(random() * 2 ** 48, 12)}`;
      const address = `203.0.113.${number % 256}:${1024 + (number % 60_000)}`;
      const url = `https://www.example.com:443/products/${number % 5000}?page=${number % 7}`;
      return `https ${time(number)} app/shop/aa11bb22cc33dd44 ${address} 10.0.0.${number % 9}:80 ${micros()} ${micros()} ${micros()} 200 200 ${number % 3000} ${number % 90_000} "GET ${url} HTTP/1.1" "${agent}" ${cipher} ${group} "${trace}" "www.example.com" "${certificate}" 1 ${time(number)} "forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_${hex(random() * 2 ** 48, 16)}\n`;
    },
    tail: "",
  },
  cloudtrail: {
    key: `AWSLogs/123456789012/CloudTrail/${day}/123456789012_CloudTrail_us-east-2_20240301T1200Z_x.json.gz`,
    head: '{"Records":[{"eventVersion":"1.09","eventID":"first"}',
    lineOf: (number) =>
      `,${JSON.stringify({
        eventVersion: "1.09",
        userIdentity: {
          type: "AssumedRole",
          principalId: `AROAEXAMPLE${number % 90}:session`,
          arn: `arn:aws:sts::123456789012:assumed-role/deploy/${number % 90}`,
          accountId: "123456789012",
          sessionContext: {
            sessionIssuer: { type: "Role", arn: "arn:aws:iam::123456789012:role/deploy", userName: "deploy" },
          },
        },
        eventTime: time(number).replace(/\.\d+/, ""),
        eventSource: "s3.amazonaws.com",
        eventName: ["GetObject", "PutObject", "ListObjects"][number % 3],
        awsRegion: "us-east-2",
        sourceIPAddress: `203.0.113.${number % 256}`,
        userAgent: "aws-cli/2.15.0",
        requestParameters: { bucketName: "shop", key: `orders/${number}.json`, "x-amz-acl": ["private", 'a "b" [c]'] },
        responseElements: null,
        requestID: hex(number * 2_654_435_761, 16),
        eventID: `e-${number}`,
        readOnly: number % 3 === 0,
        eventType: "AwsApiCall",
        managementEvent: false,
        recipientAccountId: "123456789012",
      })}`,
    tail: "]}",
  },
  "vpc-flow": {
    key: `AWSLogs/123456789012/vpcflowlogs/${day}/123456789012_vpcflowlogs_us-east-2_fl-1_20240301T1200Z_x.log.gz`,
    head: "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n",
    lineOf: (number) =>
      `2 123456789012 eni-${hex(number * 7919, 17)} 10.0.${number % 200}.${number % 250} 10.1.0.${number % 99} ${1024 + (number % 60_000)} 443 6 ${number % 90} ${number % 90_000} ${1_709_294_400 + (number % 600)} ${1_709_294_460 + (number % 600)} ACCEPT OK\n`,
    tail: "",
  },
  "json-lines": {
    key: "app/2024/03/01/x.ndjson.gz",
    head: "",
    lineOf: (number) =>
      `${JSON.stringify({ time: time(number), level: number % 50 === 0 ? "error" : "info", msg: "order placed", order: number, user: `u-${number % 900}`, took: number % 77 })}\n`,
    tail: "",
  },
  text: {
    key: "app/2024/03/01/x.log.gz",
    head: "",
    lineOf: (number) => `${time(number)} INFO order ${number} placed by u-${number % 900} in ${number % 77} ms\n`,
    tail: "",
  },
};

/** The bytes of an object with so many lines. */
export function corpusBytes({ head, lineOf, tail }: ObjectCorpus, lines: number): Buffer {
  return Buffer.from(`${head}${Array.from({ length: lines }, (_, at) => lineOf(at)).join("")}${tail}`);
}
