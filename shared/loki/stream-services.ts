import { FieldCursor } from "../wire/field-cursor.ts";
import { labelValue, parseLabels } from "./labels.ts";

const maxServices = 5;
const maxLabelBytes = 65_536;
/** Labels that usually name a service, the surest one first. */
const serviceLabels = ["service_name", "service", "app", "container", "job"];
const text = new TextDecoder();

/** A few names of the services in a PushRequest that passed `scan`: of each stream, its first label that usually names one. */
export function streamServices(bytes: Uint8Array): readonly string[] {
  const services = new Set<string>();
  for (const request = new FieldCursor(bytes, 0, bytes.length); services.size < maxServices && request.next(); ) {
    if (request.number !== 1) continue;
    const service = serviceOf(new FieldCursor(bytes, request.valueStart, request.valueEnd));
    if (service !== undefined && service !== "") services.add(service);
  }
  return [...services];
}

function serviceOf(stream: FieldCursor): string | undefined {
  let written = "";
  while (stream.next()) {
    const { bytes, number, valueStart, valueEnd } = stream;
    if (number === 1) written = text.decode(bytes.subarray(valueStart, Math.min(valueEnd, valueStart + maxLabelBytes)));
  }
  const parsed = parseLabels(written);
  if (parsed.kind === "invalid") return undefined;
  for (const name of serviceLabels) {
    const service = labelValue(parsed.labels, name);
    if (service !== undefined) return service;
  }
  return undefined;
}
