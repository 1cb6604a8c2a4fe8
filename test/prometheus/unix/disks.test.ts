import { describe, expect, it } from "vitest";
import { collect, fakeHost } from "../../support/prometheus/fake-host.ts";

describe("diskstats", () => {
  const line =
    "   8       0 sda 25354637 34367663 1003346126 18492372 28444756 11134226 505697032 63877960 0 9653880 82621804";

  it("scales sectors and milliseconds, as many columns as the kernel has", async () => {
    const samples = await collect("diskstats", fakeHost({ "proc/diskstats": `${line}\n` }));
    expect(samples).toEqual([
      'node_disk_info{device="sda",major="8",minor="0",path="",wwn="",model="",serial="",revision="",rotational="0"} 1',
      'node_disk_reads_completed_total{device="sda"} 25354637',
      'node_disk_reads_merged_total{device="sda"} 34367663',
      'node_disk_read_bytes_total{device="sda"} 513713216512',
      'node_disk_read_time_seconds_total{device="sda"} 18492.372',
      'node_disk_writes_completed_total{device="sda"} 28444756',
      'node_disk_writes_merged_total{device="sda"} 11134226',
      'node_disk_written_bytes_total{device="sda"} 258916880384',
      'node_disk_write_time_seconds_total{device="sda"} 63877.96',
      'node_disk_io_now{device="sda"} 0',
      'node_disk_io_time_seconds_total{device="sda"} 9653.88',
      'node_disk_io_time_weighted_seconds_total{device="sda"} 82621.804',
    ]);
  });

  it("says what udev knows", async () => {
    const host = fakeHost({
      "proc/diskstats": "   8       0 sda 1\n",
      "udev/b8:0":
        "N:sda\nE:ID_SERIAL_SHORT=S1\nE:ID_MODEL=M\nE:ID_FS_TYPE=ext4\nE:DM_NAME=dm\nE:ID_ATA=1\nE:ID_ATA_WRITE_CACHE=1\n",
      "sys/block/sda/queue/rotational": "1\n",
    });
    expect(await collect("diskstats", host)).toEqual([
      'node_disk_info{device="sda",major="8",minor="0",path="",wwn="",model="M",serial="S1",revision="",rotational="1"} 1',
      'node_disk_reads_completed_total{device="sda"} 1',
      'node_disk_filesystem_info{device="sda",type="ext4",usage="",uuid="",version=""} 1',
      'node_disk_device_mapper_info{device="sda",name="dm",uuid="",vg_name="",lv_name="",lv_layer=""} 1',
      'node_disk_ata_write_cache{device="sda"} 1',
    ]);
  });

  it("leaves out partitions and loops, unless what to include is given", async () => {
    const host = fakeHost({ "proc/diskstats": "8 1 sda1 1\n7 0 loop0 1\n259 0 nvme0n1 1\n" });
    const devices = (samples: readonly string[]) =>
      samples
        .filter((sample) => sample.startsWith("node_disk_reads"))
        .map((sample) => /device="([^"]+)"/.exec(sample)?.[1]);
    expect(devices(await collect("diskstats", host))).toEqual(["nvme0n1"]);
    expect(devices(await collect("diskstats", host, { disk: { exclude: "sda", include: "^sda" } }))).toEqual(["sda1"]);
  });
});

describe("filesystem", () => {
  const mountinfo = [
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro",
    "23 22 0:5 / /proc rw - proc proc rw",
    "24 22 8:2 / /var/my\\040data ro,noatime - xfs /dev/sdb rw",
    "25 22 0:9 / /mnt/gone rw - nfs4 server:/x rw",
  ].join("\n");

  it("gives usage, tells what failed and leaves out what is not a disk", async () => {
    const host = fakeHost(
      { "proc/1/mountinfo": mountinfo },
      {
        usage: async (mountPoint) =>
          mountPoint === "/mnt/gone"
            ? { kind: "failed", reason: "mountpoint timeout" }
            : { kind: "usage", usage: { size: 4096, free: 3, available: 2, files: 9, filesFree: 8 } },
      },
    );
    const samples = await collect("filesystem", host);
    expect(samples.filter((sample) => /size_bytes|readonly|device_error\{|mount_info/.test(sample))).toEqual([
      'node_filesystem_device_error{device="/dev/sda1",mountpoint="/",fstype="ext4",device_error=""} 0',
      'node_filesystem_device_error{device="/dev/sdb",mountpoint="/var/my data",fstype="xfs",device_error=""} 0',
      'node_filesystem_device_error{device="server:/x",mountpoint="/mnt/gone",fstype="nfs4",device_error="mountpoint timeout"} 1',
      'node_filesystem_readonly{device="/dev/sda1",mountpoint="/",fstype="ext4",device_error=""} 0',
      'node_filesystem_readonly{device="/dev/sdb",mountpoint="/var/my data",fstype="xfs",device_error=""} 1',
      'node_filesystem_readonly{device="server:/x",mountpoint="/mnt/gone",fstype="nfs4",device_error="mountpoint timeout"} 0',
      'node_filesystem_size_bytes{device="/dev/sda1",mountpoint="/",fstype="ext4",device_error=""} 4096',
      'node_filesystem_size_bytes{device="/dev/sdb",mountpoint="/var/my data",fstype="xfs",device_error=""} 4096',
      'node_filesystem_mount_info{device="/dev/sda1",major="8",minor="1",mountpoint="/"} 1',
      'node_filesystem_mount_info{device="/dev/sdb",major="8",minor="2",mountpoint="/var/my data"} 1',
    ]);
  });

  it("shows the host's paths when its root is mounted here", async () => {
    const tree = fakeHost({}).root;
    const host = fakeHost(
      {
        "proc/1/mountinfo": "1 0 8:1 / /rootfs rw - ext4 /dev/sda1 rw\n2 0 8:2 / /rootfs/home rw - ext4 /dev/sda2 rw\n",
      },
      { root: { ...tree, root: "/rootfs" } },
    );
    const points = (await collect("filesystem", host)).filter((sample) => sample.includes("mount_info"));
    expect(points.map((sample) => /mountpoint="([^"]+)"/.exec(sample)?.[1])).toEqual(["/", "/home"]);
  });
});

describe("mdadm", () => {
  it("reads arrays that are fine, syncing and inactive", async () => {
    const mdstat = [
      "Personalities : [raid1] [raid6]",
      "md3 : active raid6 sda1[8] sdh1[7] sdg1[6](F) sdd1[3](S)",
      "      5853468288 blocks super 1.2 level 6, 64k chunk, algorithm 2 [8/7] [UUUUUUU_]",
      "      bitmap: 0/30 pages [0KB], 65536KB chunk",
      "      [====>......]  recovery = 8.5% (16775552/195310144) finish=17.0min speed=259783K/sec",
      "",
      "md4 : inactive sda3[0](S)",
      "      4883648 blocks",
      "",
      "unused devices: <none>",
      "",
    ].join("\n");
    const samples = await collect("mdadm", fakeHost({ "proc/mdstat": mdstat, "sys/block/md3/md/raid_disks": "8\n" }));
    expect(samples.filter((sample) => !sample.endsWith(" 0"))).toEqual([
      'node_md_disks{device="md3",state="active"} 7',
      'node_md_disks{device="md3",state="failed"} 1',
      'node_md_disks{device="md3",state="spare"} 1',
      'node_md_disks{device="md4",state="spare"} 1',
      'node_md_disks_required{device="md3"} 8',
      'node_md_state{device="md3",state="recovering"} 1',
      'node_md_state{device="md4",state="inactive"} 1',
      'node_md_blocks{device="md3"} 5853468288',
      'node_md_blocks{device="md4"} 4883648',
      'node_md_blocks_synced{device="md3"} 16775552',
      'node_md_blocks_synced{device="md4"} 4883648',
      'node_md_raid_disks{device="md3"} 8',
    ]);
  });
});
