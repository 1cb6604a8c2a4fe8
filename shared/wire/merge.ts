/**
 * Merges export requests of one signal: the concatenation of protobuf messages is their merge, and an export request
 * has one repeated field (protobuf encoding, "Last One Wins"). Order is kept; one request comes back as it is.
 */
export function merge(requests: readonly Uint8Array[]): Uint8Array {
  const [first] = requests;
  if (first && requests.length === 1) return first;
  const merged = new Uint8Array(requests.reduce((sum, request) => sum + request.length, 0));
  let pos = 0;
  for (const request of requests) {
    merged.set(request, pos);
    pos += request.length;
  }
  return merged;
}
