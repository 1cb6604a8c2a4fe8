/** A pipeline as deployments have it, with lines as it gets them. */
export interface LogPipeline {
  readonly name: string;
  /** Blocks of loki.process. */
  readonly stages: string;
  /** The line `index`, without a newline. */
  line(index: number): string;
}

const startMs = Date.UTC(2026, 10, 26, 10);
const levels = ["info", "warn", "error", "debug"];
const methods = ["GET", "GET", "GET", "POST"];

function time(index: number): string {
  return new Date(startMs + index).toISOString();
}

/** What a service logs as JSON. */
function service(index: number): string {
  const level = levels[index % 4];
  return `{"ts":"${time(index)}","level":"${level}","logger":"http","msg":"request ${index} done","path":"/api/v1/orders/${index % 97}","status":200,"ms":${index % 1000},"trace":"4bf92f3577b34da6a3ce929d0e0e4736"}`;
}

function keyValue(index: number): string {
  return `ts=${time(index)} level=${levels[index % 4]} caller=server.go:${index % 300} msg="request ${index} done" path=/api/v1/orders/${index % 97} status=200 duration=${index % 1000}ms`;
}

function access(index: number): string {
  const seconds = String(index % 60).padStart(2, "0");
  return `10.0.${index % 256}.${index % 199} - - [26/Nov/2026:10:00:${seconds} +0000] "${methods[index % 4]} /api/v1/orders/${index % 97}?page=${index % 7} HTTP/1.1" ${index % 50 === 0 ? 500 : 200} ${index % 9973} "https://shop.example.com/cart" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"`;
}

/** Of Java: each tenth has a trace of five lines. */
function java(index: number): string {
  const step = index % 15;
  if (step >= 10) {
    return step === 10
      ? 'java.lang.IllegalStateException: Order "17" is closed'
      : `\tat com.example.shop.orders.OrderService.close(OrderService.java:${step})`;
  }
  const stamp = time(index).replace("T", " ").replace("Z", "");
  return `${stamp} ${levels[index % 4]?.toUpperCase().padEnd(5)} [http-nio-8080-exec-${index % 10}] c.e.shop.orders.OrderService : order ${index} was closed after ${index % 1000} ms`;
}

function docker(text: string, index: number): string {
  return `{"log":${JSON.stringify(`${text}\n`)},"stream":"${index % 8 === 0 ? "stderr" : "stdout"}","time":"${time(index).replace("Z", "123456Z")}"}`;
}

function cri(text: string, index: number): string {
  return `${time(index).replace("Z", "123456Z")} ${index % 8 === 0 ? "stderr" : "stdout"} F ${text}`;
}

const levelOfJson = `stage.json { expressions = {level = "", ts = ""} }
stage.labels { values = {level = ""} }`;
const lines = 'stage.multiline { firstline = "^\\\\d{4}-\\\\d{2}-\\\\d{2}" }';
const pattern =
  '^(?P<remote>\\\\S+) \\\\S+ \\\\S+ \\\\[(?P<time>[^\\\\]]+)\\\\] \\"(?P<method>\\\\S+) (?P<path>\\\\S+) [^\\"]*\\" (?P<status>\\\\d+) (?P<size>\\\\d+)';

/** The stages that deployments mostly have, one behind the other. */
export const logPipelines: readonly LogPipeline[] = [
  { name: "none", stages: "", line: service },
  {
    name: "json",
    stages: `${levelOfJson}\nstage.timestamp {\nsource = "ts"\nformat = "RFC3339Nano"\n}`,
    line: service,
  },
  { name: "docker", stages: "stage.docker {}", line: (index) => docker(keyValue(index), index) },
  { name: "docker json", stages: `stage.docker {}\n${levelOfJson}`, line: (index) => docker(service(index), index) },
  {
    name: "json in json",
    stages: `stage.json { expressions = {log = "", stream = "", time = ""} }
stage.labels { values = {stream = ""} }
stage.timestamp {
source = "time"
format = "RFC3339Nano"
}
stage.output { source = "log" }`,
    line: (index) => docker(service(index), index),
  },
  { name: "cri", stages: "stage.cri {}", line: (index) => cri(keyValue(index), index) },
  { name: "cri json", stages: `stage.cri {}\n${levelOfJson}`, line: (index) => cri(service(index), index) },
  { name: "cri multiline", stages: `stage.cri {}\n${lines}`, line: (index) => cri(java(index), 1) },
  {
    name: "multiline regex",
    stages: `${lines}
stage.regex { expression = "^(?P<time>\\\\S+ \\\\S+) +(?P<level>[A-Z]+) " }
stage.labels { values = {level = ""} }
stage.timestamp {
source = "time"
format = "2006-01-02 15:04:05.000"
}`,
    line: java,
  },
  {
    name: "regex",
    stages: `stage.regex { expression = "${pattern}" }
stage.labels { values = {method = "", status = ""} }
stage.timestamp {
source = "time"
format = "02/Jan/2006:15:04:05 -0700"
}`,
    line: access,
  },
  {
    name: "logfmt",
    stages: `stage.logfmt { mapping = {level = "", ts = ""} }
stage.labels { values = {level = ""} }
stage.timestamp {
source = "ts"
format = "RFC3339"
}`,
    line: keyValue,
  },
  {
    name: "match",
    stages: `stage.match {
selector = "{job=\\"bench\\"} |= \\"error\\""
stage.static_labels { values = {severity = "error"} }
}
stage.match {
selector = "{job=\\"bench\\"} |~ \\"health|metrics\\""
action = "drop"
}
stage.drop { expression = "GET /(health|ready)" }`,
    line: keyValue,
  },
  {
    name: "replace",
    stages: 'stage.replace {\nexpression = "orders/(\\\\d+)"\nreplace = "*"\n}',
    line: keyValue,
  },
];
