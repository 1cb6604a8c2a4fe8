/**
 * The key of an object as S3's own notices write it, form-encoded: `+` is a space, then `%` and two digits are a byte of UTF-8. A key
 * that is not well encoded is taken as it is (Amazon S3 user guide, "Event message structure").
 */
export function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    return encoded;
  }
}
