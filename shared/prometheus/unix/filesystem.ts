import { type Families, labelText } from "../families.ts";
import type { Collected, Collector } from "./collector.ts";
import type { UsageAnswer } from "./host.ts";
import { type Mount, parseMounts } from "./mounts.ts";
import { ignored } from "./options.ts";

/** node_filesystem_*: usage of the mounted file systems that the filters leave. */
export const filesystem: Collector = {
  name: "filesystem",
  enabled: true,
  create: ({ filesystem: { mountPoints, types, mountTimeoutMs } }) => {
    return async (host, out): Promise<Collected> => {
      // With hidepid only the own mounts can be read.
      const text = host.proc.read("1/mountinfo") ?? host.proc.read("self/mountinfo");
      if (text === undefined) throw new Error(`${host.proc.root}/1/mountinfo is missing`);
      const mounts = parseMounts(text, host.root.root).filter(
        ({ mountPoint, type }) => !ignored(mountPoints, mountPoint) && !ignored(types, type),
      );
      const answers = await Promise.all(mounts.map(({ mountPoint }) => host.usage(mountPoint, mountTimeoutMs)));
      const seen = new Set<string>();
      mounts.forEach((mount, index) => {
        const answer = answers[index];
        if (!answer) return;
        const { device, mountPoint, type, major, minor } = mount;
        const error = answer.kind === "failed" ? answer.reason : "";
        const key = [device, mountPoint, type, major, minor, error].join("\0");
        if (!seen.has(key)) write(out, mount, answer);
        seen.add(key);
      });
      return "collected";
    };
  },
};

function write(out: Families, mount: Mount, answer: UsageAnswer): void {
  const { device, mountPoint: mountpoint, type: fstype, major, minor } = mount;
  const device_error = answer.kind === "failed" ? answer.reason : "";
  const labels = labelText({ device, mountpoint, fstype, device_error });
  const gauge = (name: string, help: string, value: number) =>
    out.gauge(`node_filesystem_${name}`, help).add(value, labels);
  gauge("device_error", "Whether the usage of the file system could not be read.", answer.kind === "failed" ? 1 : 0);
  gauge("readonly", "Whether the file system is mounted read-only.", mount.readOnly ? 1 : 0);
  if (answer.kind === "failed") return;
  const { usage } = answer;
  gauge("size_bytes", "Size of the file system.", usage.size);
  gauge("free_bytes", "Free space of the file system.", usage.free);
  gauge("avail_bytes", "Space that users other than root can use.", usage.available);
  gauge("files", "Inodes of the file system.", usage.files);
  gauge("files_free", "Free inodes of the file system.", usage.filesFree);
  out
    .gauge("node_filesystem_mount_info", "The device that is mounted; always 1.")
    .add(1, labelText({ device, major, minor, mountpoint }));
}
