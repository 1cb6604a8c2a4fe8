import { FieldCursor } from "../wire/field-cursor.ts";
import { varintSize, varintValue } from "../wire/varint.ts";
import type { JsonObject } from "./json.ts";

const decoder = new TextDecoder();

/**
 * Reads `containerd.services.containers.v1.ListContainersResponse` into objects of the form of Docker's `GET /containers/json`, so that
 * both are looked up alike. Containerd knows a container by its identifier alone: that is its name.
 */
export function parseContainerdContainers(bytes: Uint8Array): JsonObject[] {
  const containers: JsonObject[] = [];
  const cursor = new FieldCursor(bytes, 0, bytes.length);
  while (cursor.next()) {
    if (cursor.number !== 1 || cursor.wireType !== 2) continue;
    const outer = cursor.enter();
    containers.push(containerOf(cursor));
    cursor.leave(outer);
  }
  return containers;
}

/** Container {1 id, 2 labels (map), 3 image, 8 created_at}. */
function containerOf(cursor: FieldCursor): JsonObject {
  let [id, image] = ["", ""];
  let created: number | undefined;
  const labels: Record<string, string> = {};
  while (cursor.next()) {
    if (cursor.wireType !== 2) continue;
    if (cursor.number === 1) id = textOf(cursor);
    else if (cursor.number === 3) image = textOf(cursor);
    else if (cursor.number === 2) Object.assign(labels, entryOf(cursor));
    else if (cursor.number === 8) created = secondsOf(cursor);
  }
  return {
    Id: id,
    Names: [`/${id}`],
    Image: image,
    Labels: labels,
    ...(created !== undefined && { Created: created }),
  };
}

function entryOf(cursor: FieldCursor): Record<string, string> {
  let [key, value] = ["", ""];
  const outer = cursor.enter();
  while (cursor.next()) {
    if (cursor.wireType !== 2) continue;
    if (cursor.number === 1) key = textOf(cursor);
    else if (cursor.number === 2) value = textOf(cursor);
  }
  cursor.leave(outer);
  return { [key]: value };
}

/** Timestamp {1 seconds}. */
function secondsOf(cursor: FieldCursor): number | undefined {
  let seconds: number | undefined;
  const outer = cursor.enter();
  while (cursor.next()) {
    if (cursor.number !== 1 || cursor.wireType !== 0) continue;
    seconds = varintValue(
      cursor.bytes,
      cursor.valueStart,
      varintSize(cursor.bytes, cursor.valueStart, cursor.valueEnd),
    );
  }
  cursor.leave(outer);
  return seconds;
}

function textOf({ bytes, valueStart, valueEnd }: FieldCursor): string {
  return decoder.decode(bytes.subarray(valueStart, valueEnd));
}
