/** What the standard library tells of the host. */
export interface Host {
  /** An environment variable; undefined when it is not set. */
  env(name: string): string | undefined;
  /** `constants.*`: as Go names them, `linux` and `amd64`. */
  readonly constants: {
    readonly hostname: string;
    readonly os: string;
    readonly arch: string;
    readonly version: string;
  };
}
