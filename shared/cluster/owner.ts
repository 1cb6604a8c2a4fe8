/**
 * Which of `names` has `key`: the one whose hash with the key is highest (rendezvous hashing). All who know the same names say
 * the same, and when a name comes or goes only its own share of the keys moves. Undefined without names.
 */
export function ownerOf(key: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestHash = -1;
  for (const name of names) {
    const hash = hashOf(`${name}\0${key}`);
    if (hash > bestHash || (hash === bestHash && best !== undefined && name < best)) {
      best = name;
      bestHash = hash;
    }
  }
  return best;
}

/** FNV-1a of 32 bits over UTF-16 units, mixed as MurmurHash3 ends. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
