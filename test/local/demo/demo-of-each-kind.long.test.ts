import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';

const run = promisify(execFile);

/** The demo of a kind, as a user runs it. Rejects when it exits with another code than 0. */
const demo = (kind: string) =>
  run('npm', ['run', '--silent', 'demo', '--', '--kind', kind], { env: { ...process.env, NO_COLOR: '1' } });

describe('the demo', () => {
  test('puts all SIMs of operators on IoT Accelerator into service, with their usage', async () => {
    const { stdout } = await demo('iot-accelerator');
    expect(stdout).toMatch(/All 90 SIMs are active and report usage/);
    expect(stdout).not.toMatch(/the staff/);
  }, 300_000);

  test('puts all SIMs of operators on Control Center into service, whose orders the staff handle by hand', async () => {
    const { stdout } = await demo('control-center');
    expect(stdout).toMatch(/the staff have placed the order in the portal/);
    expect(stdout).toMatch(/Southern Mobile: the staff load the list of 40 SIMs, and report the delivery/);
    expect(stdout).toMatch(/All 90 SIMs are active and report usage/);
  }, 300_000);
});
