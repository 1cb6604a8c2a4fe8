/** What clients are told when memory is short: the time of a few exports. */
export const busyRetryMs = 1000;
