import type * as z from 'zod/mini';
import type { tariffSchema } from '../domain/tariff.ts';

const MB = 1_000_000;
const GB = 1_000 * MB;
const everyOperator = ['3uk', '3ireland', 'orange', 'a1'] as const;

/** The initial tariffs of a local cloud; every partner that it creates is granted all of them. */
export const seedTariffs: Readonly<Record<string, z.input<typeof tariffSchema>>> = {
  trf_partner_all: {
    name: 'Partner Europe',
    operatorIds: [...everyOperator],
    networks: ['3 UK', '3 Ireland', 'Orange France', 'A1 Austria'],
    allowanceBytes: 50 * GB,
    pooling: 'dynamic_pool',
    minimumTermMonths: 12,
    monthlyPrice: { amount: '1.20', currency: 'GBP' },
    audience: 'partner',
  },
  trf_partner_isles: {
    name: 'Partner British Isles',
    operatorIds: ['3uk', '3ireland'],
    networks: ['3 UK', '3 Ireland'],
    allowanceBytes: 500 * MB,
    pooling: 'per_sim',
    minimumTermMonths: 1,
    monthlyPrice: { amount: '0.95', currency: 'GBP' },
    audience: 'partner',
  },
  trf_partner_continent: {
    name: 'Partner Continent',
    operatorIds: ['orange', 'a1'],
    networks: ['Orange France', 'A1 Austria'],
    allowanceBytes: 200 * GB,
    pooling: 'static_pool',
    minimumTermMonths: 12,
    monthlyPrice: { amount: '1.05', currency: 'EUR' },
    audience: 'partner',
  },
  trf_customer_all: {
    name: 'Fleet 1 GB',
    operatorIds: [...everyOperator],
    networks: ['3 UK', '3 Ireland', 'Orange France', 'A1 Austria'],
    allowanceBytes: 1 * GB,
    pooling: 'per_sim',
    minimumTermMonths: 12,
    monthlyPrice: { amount: '3.50', currency: 'GBP' },
    audience: 'customer',
  },
  trf_customer_pool: {
    name: 'Meters 5 MB pooled',
    operatorIds: [...everyOperator],
    networks: ['3 UK', '3 Ireland', 'Orange France', 'A1 Austria'],
    allowanceBytes: 5 * MB,
    pooling: 'dynamic_pool',
    minimumTermMonths: 24,
    monthlyPrice: { amount: '0.80', currency: 'GBP' },
    audience: 'customer',
  },
  trf_customer_static: {
    name: 'Campus 100 GB shared',
    operatorIds: ['3uk', 'orange'],
    networks: ['3 UK', 'Orange France'],
    allowanceBytes: 100 * GB,
    pooling: 'static_pool',
    minimumTermMonths: 6,
    monthlyPrice: { amount: '2.10', currency: 'EUR' },
    audience: 'customer',
  },
  trf_customer_3uk: {
    name: 'UK only 500 MB',
    operatorIds: ['3uk'],
    networks: ['3 UK'],
    allowanceBytes: 500 * MB,
    pooling: 'per_sim',
    minimumTermMonths: 1,
    monthlyPrice: { amount: '2.25', currency: 'GBP' },
    audience: 'customer',
  },
  trf_customer_a1: {
    name: 'Austria only 500 MB',
    operatorIds: ['a1'],
    networks: ['A1 Austria'],
    allowanceBytes: 500 * MB,
    pooling: 'per_sim',
    minimumTermMonths: 1,
    monthlyPrice: { amount: '2.40', currency: 'EUR' },
    audience: 'customer',
  },
};
