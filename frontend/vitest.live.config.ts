// Simulated phones against a real server; started by tests/sync/test_client_devices.py, which names the server.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: [`${process.env['SUIXING_TEST_LIVE'] ?? 'tests-live'}/*.test.ts`],
    setupFiles: ['tests/setup.ts'],
    testTimeout: 60_000,
  },
});
