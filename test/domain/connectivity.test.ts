import { expect, test } from '@jest/globals';
import { connectivityOf } from '../../domain/connectivity.ts';

const NOW = '2026-05-04T10:00:00.000Z';
const EARLIER = '2026-05-04T09:00:00.000Z';

test('a connected SIM was last seen now, in the device that is known', () => {
  const session = { status: 'connected', since: EARLIER, network: '23420', ip: '10.1.2.3' } as const;
  expect(connectivityOf({ imei: '356938035643809' }, session, NOW)).toEqual({
    ...session,
    imei: '356938035643809',
    lastSeenAt: NOW,
    askedAt: NOW,
  });
});

test('a disconnected SIM was last seen at the end of its last session, if the operator reports one', () => {
  expect(connectivityOf({}, { status: 'disconnected', since: EARLIER }, NOW)).toMatchObject({ lastSeenAt: EARLIER });
  expect(connectivityOf({}, { status: 'unknown' }, NOW)).toEqual({ status: 'unknown', askedAt: NOW });
});
