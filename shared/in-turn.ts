/**
 * Does pieces of work one after the other, with a turn of the event loop between them, so that everything else is served
 * meanwhile; `node/loop-turn.ts` is the real one. Rejects with what `work` throws.
 */
export type InTurn = <T>(work: () => T) => Promise<T>;
