import { defineConfig } from "vitest/config";

// On a shared build machine a test may miss its time once; one that fails twice fails. A second attempt is named in the output.
const retry = process.env.CI ? 1 : 0;

// Units run in parallel; whatever starts processes, servers or queues has a project of its own, one file at a time.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          retry,
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/infra/**"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "e2e",
          retry,
          include: ["test/e2e/**/*.test.ts", "test/infra/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 15_000 } },
          fileParallelism: false,
          globalSetup: "test/support/infra/package-folder.ts",
        },
      },
    ],
  },
});
