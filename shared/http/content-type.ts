import type { Encoding } from "../otlp/encoding.ts";

/** The media types of OTLP/HTTP, without parameters, as answers carry them. */
export const mediaTypes: Readonly<Record<Encoding, string>> = {
  protobuf: "application/x-protobuf",
  json: "application/json",
};

/**
 * The encoding that a Content-Type names, `undefined` for any other. Parameters and case do not matter (RFC 9110 8.3.1); of
 * several values joined by a comma the first one counts.
 */
export function encodingOf(contentType: string | undefined): Encoding | undefined {
  const mediaType = contentType?.split(/[;,]/, 1)[0]?.trim().toLowerCase();
  if (mediaType === mediaTypes.protobuf) return "protobuf";
  if (mediaType === mediaTypes.json) return "json";
  return undefined;
}
