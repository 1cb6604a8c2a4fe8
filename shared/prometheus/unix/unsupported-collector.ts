/** Why a collector cannot work here, whatever the machine has; told once. */
export class UnsupportedCollector extends Error {}
