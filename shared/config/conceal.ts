/**
 * The text as it may be shown: credentials inside URLs are replaced, wherever they were put (user name and password before
 * the host, values of the query, the fragment), and what looks like a header or a token of Grafana. Bounded to 200 characters.
 */
export function conceal(text: string): string {
  return text
    .replace(/\/\/[^\s]*@/g, "//[secret]@")
    .replace(/^[^\s/@]*:[^\s/@]*@/, "[secret]@")
    .replace(/\b(bearer|basic)\s+\S+/gi, "$1 [secret]")
    .replace(/\bgl(?:c|sa)_[\w+/=-]+/g, "[secret]")
    .replace(/([?&;#][^=\s&;#]*=)[^\s&;#]+/g, "$1[secret]")
    .slice(0, 200);
}
