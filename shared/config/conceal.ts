/**
 * The text as it may be shown: credentials inside URLs are replaced, wherever they were put (user name and password before
 * the host, values of the query, the fragment). Bounded to 200 characters.
 */
export function conceal(text: string): string {
  return text
    .replace(/\/\/[^\s]*@/g, "//[secret]@")
    .replace(/([?&;#][^=\s&;#]*=)[^\s&;#]+/g, "$1[secret]")
    .slice(0, 200);
}
