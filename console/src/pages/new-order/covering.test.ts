import { expect, it } from '@jest/globals';
import type { Resource } from '../../api/client.ts';
import { coveringServices, coveringTariffs } from './covering.ts';

const tariff = (id: string, operatorIds: string[], audience: 'partner' | 'customer'): Resource<'Tariff'> => ({
  id,
  name: id,
  operatorIds,
  networks: [],
  allowanceBytes: 0,
  pooling: 'per_sim',
  minimumTermMonths: 0,
  monthlyPrice: { amount: '1.00', currency: 'GBP' },
  audience,
});

const tariffs = [
  tariff('trf_uk', ['3uk'], 'partner'),
  tariff('trf_all', ['3uk', 'orange'], 'partner'),
  tariff('trf_customer', ['orange'], 'customer'),
];

it('offers services whose tariffs cover the operator, and no holding services', () => {
  const services = [{ id: 'a', tariffId: 'trf_uk' }, { id: 'b', tariffId: 'trf_all' }, { id: 'holding' }];
  expect(coveringServices(services, tariffs, 'orange').map(({ id }) => id)).toEqual(['b']);
  expect(coveringServices(services, tariffs, '3uk').map(({ id }) => id)).toEqual(['a', 'b']);
});

it('offers tariffs for the kind of service', () => {
  expect(coveringTariffs(tariffs, { operatorId: 'orange', audience: 'partner' }).map(({ id }) => id)).toEqual([
    'trf_all',
  ]);
  expect(coveringTariffs(tariffs, { operatorId: 'orange', audience: 'customer' }).map(({ id }) => id)).toEqual([
    'trf_customer',
  ]);
});
