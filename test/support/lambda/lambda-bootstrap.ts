import { pathToFileURL } from "node:url";

/**
 * What Lambda's Node runtime does inside the sandbox: import the handler that `_HANDLER` names, then take one invocation
 * after the other from the Runtime API. Run by `lambda-runtime.ts` in the unpacked zip.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT, _HANDLER = "" } = process.env;
const api = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const [file, name = ""] = _HANDLER.split(".");

function describe(error: unknown): object {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, stackTrace: error.stack?.split("\n") }
    : { errorType: "unknown", errorMessage: String(error) };
}

async function post(path: string, body: unknown): Promise<void> {
  await fetch(`${api}/${path}`, { method: "POST", body: JSON.stringify(body ?? null) });
}

try {
  const module = await import(pathToFileURL(`${LAMBDA_TASK_ROOT}/${file}.mjs`).href);
  const handler = module[name];
  if (typeof handler !== "function") throw new Error(`${_HANDLER} is undefined or not exported`);
  for (;;) {
    const next = await fetch(`${api}/invocation/next`);
    const id = next.headers.get("lambda-runtime-aws-request-id");
    const deadlineAt = Number(next.headers.get("lambda-runtime-deadline-ms"));
    const context = { awsRequestId: id, getRemainingTimeInMillis: () => deadlineAt - Date.now() };
    try {
      await post(`invocation/${id}/response`, await handler(await next.json(), context));
    } catch (error) {
      await post(`invocation/${id}/error`, describe(error));
    }
  }
} catch (error) {
  await post("init/error", describe(error));
  process.exitCode = 1;
}
