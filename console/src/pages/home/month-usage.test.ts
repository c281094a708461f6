import { describe, expect, it } from '@jest/globals';
import { nearAllowance, servicePath, simsNearAllowance, totalBytes, withUsage } from './month-usage.ts';

const usage = (serviceId: string, usedBytes: number, usedPercent?: number) => ({
  serviceId,
  kind: serviceId.startsWith('psv') ? ('partner_service' as const) : ('customer_service' as const),
  usedBytes,
  ...(usedPercent === undefined ? {} : { usedPercent }),
});
const ids = (services: readonly { serviceId: string }[]) => services.map(({ serviceId }) => serviceId);

describe('a service near its allowance', () => {
  it('has used at least 80 %, and the highest share comes first', () => {
    const services = [usage('csv_1', 1, 79.9), usage('csv_2', 1, 80), usage('psv_1', 1, 120.5), usage('csv_3', 9)];
    expect(ids(nearAllowance(services))).toEqual(['psv_1', 'csv_2']);
  });
});

describe('the SIMs near the allowance of each', () => {
  const near = (allowanceBytes: number | undefined, ...bytes: number[]) =>
    simsNearAllowance({
      ...(allowanceBytes !== undefined && { allowanceBytes }),
      topSims: bytes.map((used, index) => ({ iccid: `894400${index}`, bytes: used })),
    });

  it('have used at least 80 % of it', () => {
    expect(near(1000, 1200, 1000, 800, 799, 0)).toEqual({ count: 3, isAtLeast: false });
    expect(near(1000)).toEqual({ count: 0, isAtLeast: false });
    expect(near(undefined, 1200).count).toBe(0);
    expect(near(0, 1200, 0).count).toBe(0);
  });

  it('may be more than those that the API lists', () => {
    expect(near(10, ...Array.from({ length: 10 }, () => 8))).toEqual({ count: 10, isAtLeast: true });
    expect(near(10, ...Array.from({ length: 9 }, () => 8), 7)).toEqual({ count: 9, isAtLeast: false });
  });
});

describe('the usage of a month', () => {
  const services = [usage('psv_1', 30), usage('psv_2', 12, 1), usage('csv_1', 20, 50), usage('csv_2', 0, 0)];

  it('shows services with usage, those that used most of their allowance first', () => {
    expect(ids(withUsage(services))).toEqual(['csv_1', 'psv_2', 'psv_1']);
  });

  it('counts each SIM once: by partner services, or by a customer’s own services', () => {
    expect(totalBytes(services)).toBe(42);
    expect(totalBytes(services.slice(2))).toBe(20);
    expect(totalBytes([])).toBe(0);
  });

  it('links each service to its page', () => {
    expect(services.slice(1, 3).map(servicePath)).toEqual(['/partner-services/psv_2', '/customer-services/csv_1']);
  });
});
