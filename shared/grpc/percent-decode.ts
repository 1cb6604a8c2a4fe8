/** The text of a `grpc-message`: `%XX` is a byte of UTF-8; what is malformed stands as it is (grpc: PROTOCOL-HTTP2.md). Never throws. */
export function percentDecode(text: string): string {
  if (!text.includes("%")) return text;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const hex = text.slice(at + 1, at + 3);
    if (text[at] === "%" && /^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      at += 2;
    } else bytes.push(...Buffer.from(text[at] ?? ""));
  }
  return Buffer.from(bytes).toString();
}
