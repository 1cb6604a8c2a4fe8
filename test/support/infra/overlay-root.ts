import { spawnSync } from "node:child_process";

const isolation = `
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
mount --rbind /proc /mnt/root/proc
mount --rbind /dev /mnt/root/dev
mount -t tmpfs tmpfs /mnt/root/run
mount -t tmpfs tmpfs /mnt/root/tmp
`;

/** Whether this host lets root lay a writable root over its own, and has what manages packages on Debian. */
export const canUseOverlayRoot =
  process.getuid?.() === 0 &&
  spawnSync("unshare", [
    "-m",
    "sh",
    "-ec",
    `${isolation}chroot /mnt/root dpkg --version; chroot /mnt/root systemd-analyze --version`,
  ]).status === 0;

/** Runs a shell script as root of a copy of this host that nobody else sees, gone afterwards; what it printed. */
export function inOverlayRoot(script: string, files: Readonly<Record<string, string>>) {
  const copies = Object.entries(files).map(([name, path]) => `cp '${path}' '/mnt/root/tmp/${name}'\n`);
  const all = `${isolation}${copies.join("")}exec chroot /mnt/root sh -ec "$SCRIPT"`;
  const { stdout, stderr, status } = spawnSync("unshare", ["-m", "sh", "-ec", all], {
    env: { PATH: process.env.PATH, SCRIPT: script, DEBIAN_FRONTEND: "noninteractive" },
    encoding: "utf8",
    timeout: 60_000,
  });
  return { output: stdout + stderr, status };
}
