import { type LineRow, traceId as trace } from "./line-row.ts";

const requestId = "8286a188-ba32-4475-8077-530cd35c09a9";
const invocation = { "faas.invocation_id": requestId };
const lambda = "/aws/lambda/shop";

/** What functions and their platform write. */
export const lambdaLines: readonly LineRow[] = [
  // Lambda guide, "Viewing CloudWatch logs for Lambda".
  {
    name: "START",
    group: lambda,
    line: `START RequestId: ${requestId} Version: $LATEST\n`,
    severity: "INFO",
    event: "platform.start",
    attributes: { ...invocation, "faas.version": "$LATEST" },
  },
  {
    name: "END",
    group: lambda,
    line: `END RequestId: ${requestId}\n`,
    severity: "INFO",
    event: "platform.end",
    attributes: invocation,
  },
  {
    name: "REPORT, warm",
    group: lambda,
    line: `REPORT RequestId: ${requestId}\tDuration: 26.73 ms\tBilled Duration: 27 ms\tMemory Size: 128 MB\tMax Memory Used: 75 MB\t\n`,
    severity: "INFO",
    event: "platform.report",
    attributes: {
      ...invocation,
      "aws.lambda.duration_ms": 26.73,
      "aws.lambda.billed_duration_ms": 27,
      "aws.lambda.memory_size_mb": 128,
      "aws.lambda.max_memory_used_mb": 75,
      "faas.max_memory": 134_217_728,
      "faas.coldstart": false,
    },
  },
  {
    name: "REPORT of a failure",
    group: lambda,
    line: `REPORT RequestId: ${requestId}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 75 MB\tStatus: timeout`,
    severity: "ERROR",
    event: "platform.report",
    attributes: {
      ...invocation,
      "aws.lambda.duration_ms": 3000,
      "aws.lambda.billed_duration_ms": 3000,
      "aws.lambda.memory_size_mb": 128,
      "aws.lambda.max_memory_used_mb": 75,
      "faas.max_memory": 134_217_728,
      "faas.coldstart": false,
      "aws.lambda.status": "timeout",
    },
  },
  {
    name: "INIT_START",
    group: lambda,
    line: "INIT_START Runtime Version: nodejs:20.v38\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:abc",
    severity: "INFO",
    event: "platform.initStart",
    attributes: {},
  },
  {
    name: "INIT_REPORT of an init that took too long",
    group: lambda,
    line: "INIT_REPORT Init Duration: 9999.81 ms\tPhase: init\tStatus: timeout",
    severity: "ERROR",
    event: "platform.initReport",
    attributes: {
      "aws.lambda.init_duration_ms": 9999.81,
      "aws.lambda.status": "timeout",
      "aws.lambda.phase": "init",
    },
  },
  // Lambda guide, "Log and monitor Node.js Lambda functions".
  {
    name: "console.error of Node",
    group: lambda,
    line: `2024-03-01T12:00:00.120Z\t${requestId}\tERROR\tInvoke Error\t{"errorType":"Error"}`,
    severity: "ERROR",
    time: "2024-03-01T12:00:00.120Z",
    attributes: invocation,
  },
  {
    name: "console.log of Node outside of a handler",
    group: lambda,
    line: "2024-03-01T12:00:00.120Z\tundefined\tINFO\tloading",
    severity: "INFO",
    time: "2024-03-01T12:00:00.120Z",
    attributes: {},
  },
  // Lambda guide, "Log and monitor Python Lambda functions".
  {
    name: "logging of Python",
    group: lambda,
    line: `[WARNING]\t2024-03-01T12:00:00.120Z\t${requestId}\tgetting low`,
    severity: "WARNING",
    time: "2024-03-01T12:00:00.120Z",
    attributes: invocation,
  },
  {
    name: "an exception of Python",
    group: lambda,
    line: "[ERROR] KeyError: 'id'\nTraceback (most recent call last):",
    severity: "ERROR",
    attributes: {},
  },
  {
    name: "an exit of the runtime",
    group: lambda,
    line: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed\nRuntime.ExitError`,
    severity: "ERROR",
    attributes: invocation,
  },
  // Lambda guide, "Configuring JSON and plain text log formats".
  {
    name: "the JSON format of an application's line",
    group: lambda,
    line: `{"timestamp":"2024-03-01T12:00:00.100Z","level":"WARN","requestId":"${requestId}","message":"low"}`,
    severity: "WARN",
    time: "2024-03-01T12:00:00.100Z",
    attributes: invocation,
  },
  // Lambda guide, "Lambda Telemetry API Event schema reference".
  {
    name: "platform.report",
    group: lambda,
    line: `{"time":"2024-03-01T12:00:00.012Z","type":"platform.report","record":{"requestId":"${requestId}","metrics":{"durationMs":101.51,"billedDurationMs":300,"memorySizeMB":512,"maxMemoryUsedMB":33,"initDurationMs":116.67},"status":"success","tracing":{"type":"X-Amzn-Trace-Id","value":"Root=1-5b3c1e2f-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1"}}}`,
    severity: "INFO",
    time: "2024-03-01T12:00:00.012Z",
    event: "platform.report",
    trace,
    attributes: {
      ...invocation,
      "aws.lambda.status": "success",
      "aws.lambda.duration_ms": 101.51,
      "aws.lambda.billed_duration_ms": 300,
      "aws.lambda.memory_size_mb": 512,
      "aws.lambda.max_memory_used_mb": 33,
      "aws.lambda.init_duration_ms": 116.67,
      "faas.max_memory": 536_870_912,
      "faas.coldstart": true,
    },
  },
  {
    name: "platform.runtimeDone of a failure",
    group: lambda,
    line: `{"time":"2024-03-01T12:00:00.012Z","type":"platform.runtimeDone","record":{"requestId":"${requestId}","status":"error","errorType":"Runtime.ExitError","metrics":{"durationMs":1.5,"producedBytes":10}}}`,
    severity: "ERROR",
    time: "2024-03-01T12:00:00.012Z",
    event: "platform.runtimeDone",
    attributes: {
      ...invocation,
      "aws.lambda.status": "error",
      "aws.lambda.error_type": "Runtime.ExitError",
      "aws.lambda.duration_ms": 1.5,
    },
  },
  {
    name: "platform.logsDropped",
    group: lambda,
    line: '{"time":"2024-03-01T12:00:00.012Z","type":"platform.logsDropped","record":{"reason":"slow","droppedRecords":123,"droppedBytes":12345}}',
    severity: "WARN",
    time: "2024-03-01T12:00:00.012Z",
    event: "platform.logsDropped",
    attributes: { "aws.lambda.dropped_records": 123, "aws.lambda.dropped_bytes": 12_345 },
  },
  // Powertools for AWS Lambda, logger.
  {
    name: "Powertools",
    group: lambda,
    line: `{"level":"INFO","message":"paid","timestamp":"2024-03-01T12:00:00.100Z","function_request_id":"${requestId}","xray_trace_id":"1-5b3c1e2f-0123456789abcdef01234567"}`,
    severity: "INFO",
    time: "2024-03-01T12:00:00.100Z",
    trace,
    attributes: invocation,
  },
  // Lambda guide, "Lambda Telemetry API Event schema reference": events of the types function and extension.
  {
    name: "JSON, a document of the function inside of an event",
    group: lambda,
    line: `{"time":"2024-03-01T12:00:00.012Z","type":"function","record":{"timestamp":"2024-03-01T12:00:00.010Z","level":"WARN","message":"slow","requestId":"${requestId}"}}`,
    severity: "WARN",
    time: "2024-03-01T12:00:00.010Z",
    attributes: invocation,
  },
  {
    name: "JSON, a text of the function inside of an event",
    group: lambda,
    line: `{"time":"2024-03-01T12:00:00.012Z","type":"function","record":"[ERROR] out of stock"}`,
    severity: "ERROR",
    time: "2024-03-01T12:00:00.012Z",
  },
  {
    name: "JSON, a text of an extension inside of an event",
    group: lambda,
    line: `{"time":"2024-03-01T12:00:00.012Z","type":"extension","record":"ready"}`,
    time: "2024-03-01T12:00:00.012Z",
  },
];
