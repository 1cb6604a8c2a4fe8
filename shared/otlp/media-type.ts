import type { Encoding } from "./encoding.ts";

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
  const mediaType = mediaTypeOf(contentType);
  if (mediaType === mediaTypes.protobuf) return "protobuf";
  return mediaType === mediaTypes.json ? "json" : undefined;
}

/** As `encodingOf`, for answers: some servers call protobuf `application/protobuf`. */
export function answerEncodingOf(contentType: string | undefined): Encoding | undefined {
  return mediaTypeOf(contentType) === "application/protobuf" ? "protobuf" : encodingOf(contentType);
}

function mediaTypeOf(contentType: string | undefined): string | undefined {
  return contentType?.split(/[;,]/, 1)[0]?.trim().toLowerCase();
}
