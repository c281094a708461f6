import * as z from 'zod/mini';
import { getPartner, savePartner } from '../../adapters/dynamodb/partners.ts';
import { putBack, querySetAside } from '../../adapters/dynamodb/set-aside.ts';
import { getGrantedTariff, getTariff, grantTariff, revokeTariff, saveTariff } from '../../adapters/dynamodb/tariffs.ts';
import { addressSchema, contactSchema } from '../../domain/address.ts';
import { described } from '../../domain/described.ts';
import { HOLDING_DAYS, isPartnerId } from '../../domain/partner.ts';
import { tariffSchema } from '../../domain/tariff.ts';
import { line } from '../../domain/text.ts';
import { requireMatch } from '../http/etag.ts';
import { HttpProblem, invalidInput, notFound } from '../http/problem.ts';
import { created, list, noContent, one, route } from '../http/route.ts';
import { serve } from '../http/serve.ts';
import { partnerSchema, setAsideSchema, showPartner, showSetAside, tariffAnswerSchema } from './representations.ts';

const partnerDetails = z.lazy(() =>
  z.strictObject({
    name: line(100),
    shortName: line(30),
    deliveryAddress: addressSchema,
    contact: contactSchema,
    holdingDays: described(
      z.optional(z.int().check(z.minimum(1), z.maximum(60))),
      `After how many working days in holding the partner is told of SIMs; ${HOLDING_DAYS} when left out`,
    ),
  }),
);

const TARIFF_ID = /^trf_[A-Za-z0-9._-]{1,60}$/;

/** What the wholesaler itself does: partners, tariffs, and who has which. */
export const routes = [
  route({
    method: 'PUT',
    path: '/v1/platform/partners/{partnerId}',
    access: 'platform',
    tag: 'Platform',
    summary: 'Make a partner, or replace its details',
    body: partnerDetails,
    example: {
      name: 'Acme Connectivity Ltd',
      shortName: 'Acme',
      deliveryAddress: { name: 'Acme', lines: ['1 Dock Road'], city: 'London', postalCode: 'E16 1AA', country: 'GB' },
      contact: { name: 'Ada', email: 'ada@acme.example' },
    },
    answers: { 200: partnerSchema, 201: partnerSchema },
    handle: async ({ path: { partnerId }, body, now }) => {
      if (!isPartnerId(partnerId)) {
        throw invalidInput([
          {
            pointer: '/path/partnerId',
            code: 'invalid_format',
            message:
              'A partner id is 1 to 64 letters, digits, dots, dashes and underscores, and starts with a letter or digit.',
          },
        ]);
      }
      const saved = await savePartner(partnerId, body, now.toISOString());
      const shown = showPartner(saved.partner);
      return saved.created ? created(`/v1/platform/partners/${partnerId}`, shown) : one(shown);
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/platform/tariffs/{tariffId}',
    access: 'platform',
    tag: 'Platform',
    summary: 'Make a tariff, or change its terms',
    description: 'A tariff keeps its audience and the operators that it covers, since SIMs may rely on them.',
    body: tariffSchema,
    answers: { 200: tariffAnswerSchema, 201: tariffAnswerSchema },
    handle: async ({ path: { tariffId }, body }) => {
      if (!TARIFF_ID.test(tariffId)) {
        throw invalidInput([
          {
            pointer: '/path/tariffId',
            code: 'invalid_format',
            message: 'A tariff id is trf_ and up to 60 letters, digits, dots, dashes and underscores.',
          },
        ]);
      }
      const saved = await saveTariff(tariffId, body);
      if ('problem' in saved) {
        throw new HttpProblem('tariff_in_use', saved.problem.detail);
      }
      const shown = tariffAnswerSchema.parse(saved.tariff);
      return saved.created ? created(`/v1/platform/tariffs/${tariffId}`, shown) : one(shown);
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/platform/partners/{partnerId}/tariffs/{tariffId}',
    access: 'platform',
    tag: 'Platform',
    summary: 'Give a tariff to a partner',
    answers: { 200: tariffAnswerSchema, 201: tariffAnswerSchema },
    handle: async ({ path: { partnerId, tariffId } }) => {
      const [partner, tariff] = await Promise.all([getPartner(partnerId), getTariff(tariffId)]);
      if (!partner) {
        throw notFound('partner', partnerId);
      }
      if (!tariff) {
        throw notFound('tariff', tariffId);
      }
      const { created: isNew } = await grantTariff(partnerId, tariffId);
      const shown = tariffAnswerSchema.parse(tariff);
      return isNew ? created(`/v1/platform/partners/${partnerId}/tariffs/${tariffId}`, shown) : one(shown);
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/platform/partners/{partnerId}/tariffs/{tariffId}',
    access: 'platform',
    tag: 'Platform',
    summary: 'Take a tariff from a partner',
    description: 'Services that are on it stay; new ones cannot be made.',
    answers: { 204: null },
    handle: async ({ path: { partnerId, tariffId }, ifMatch }) => {
      const given = await getGrantedTariff(partnerId, tariffId);
      if (!given) {
        throw notFound('tariff of the partner', tariffId);
      }
      requireMatch(ifMatch, tariffAnswerSchema.parse(given));
      if (!(await revokeTariff(partnerId, tariffId))) {
        throw notFound('tariff of the partner', tariffId);
      }
      return noContent;
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/set-aside',
    access: 'platform',
    tag: 'Platform',
    summary: 'Work that could not be done, and that nobody tries again until it is put back',
    paged: true,
    answers: { 200: setAsideSchema },
    handle: async ({ page }) => {
      const { items, last } = await querySetAside(page.limit, page.after);
      return list(items.map(showSetAside), last);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/platform/set-aside/{id}/put-back',
    access: 'platform',
    tag: 'Platform',
    summary: 'Put work back that was set aside: it is taken up within a minute',
    answers: { 204: null },
    handle: async ({ caller, path: { id }, now }) => {
      if (!(await putBack(id, caller.userId, now))) {
        throw notFound('work that was set aside', id);
      }
      return noContent;
    },
  }),
];

export const handler = serve(routes);
