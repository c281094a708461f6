import * as z from 'zod/mini';
import { MAX_DEAD_LETTER_ID_LENGTH, queryDeadLetters, redrive } from '../../adapters/dynamodb/dead-letters.ts';
import { getOrder } from '../../adapters/dynamodb/orders.ts';
import { getPartner, queryPartners, savePartner } from '../../adapters/dynamodb/partners.ts';
import { getSim, ownersOf } from '../../adapters/dynamodb/sims.ts';
import {
  getGrantedTariff,
  getTariff,
  grantTariff,
  queryGrantedTariffs,
  queryTariffs,
  revokeTariff,
  saveTariff,
} from '../../adapters/dynamodb/tariffs.ts';
import { deadLetterSchema, showDeadLetter } from '../../contract/dead-letter.ts';
import { partnerOrderSchema, showOrder } from '../../contract/order.ts';
import { partnerSchema, showPartner } from '../../contract/partner.ts';
import { partnerSimSchema, showSim } from '../../contract/sim.ts';
import { showTariff, tariffAnswerSchema } from '../../contract/tariff.ts';
import { addressSchema, contactSchema } from '../../domain/address.ts';
import { described } from '../../domain/described.ts';
import { HOLDING_DAYS, isPartnerId, type Partner } from '../../domain/partner.ts';
import { tariffSchema } from '../../domain/tariff.ts';
import { line } from '../../domain/text.ts';
import { invalidInput, notFound, Refusal } from '../../use-cases/refusal.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch, requirePutConditions } from '../http/etag.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';

const partnerDetails = z.lazy(() =>
  z.strictObject({
    name: line(100),
    shortName: line(30),
    deliveryAddress: addressSchema,
    contact: contactSchema,
    requestsPerSecond: described(
      z.optional(z.int().check(z.minimum(1), z.maximum(10_000))),
      'Maximum average number of requests per second; the default of the deployment if omitted.',
    ),
    holdingDays: described(
      z.optional(z.int().check(z.minimum(1), z.maximum(60))),
      `Working days after which the partner is notified of SIMs that are still in holding. Default: ${HOLDING_DAYS}.`,
    ),
  }),
);

const TARIFF_ID = /^trf_[A-Za-z0-9._-]{1,60}$/;

/** What the wholesaler itself does: partners, tariffs, and who has which. */
export const routes = [
  route({
    method: 'GET',
    path: '/v1/platform/partners',
    operationId: 'listPartners',
    access: 'platform',
    tag: 'Platform',
    summary: 'List partners, by id',
    description: 'A partner that was created a moment ago may be missing.',
    paged: true,
    answers: { 200: partnerSchema },
    handle: async ({ page }) => {
      const { items, last } = await queryPartners(page.limit, page.after);
      return okPage(items.map(showPartner), last);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/partners/{partnerId}',
    operationId: 'readPartner',
    access: 'platform',
    tag: 'Platform',
    summary: 'Get a partner',
    answers: { 200: partnerSchema },
    handle: async ({ path: { partnerId } }) => okResource(showPartner(await getPartnerOr404(partnerId))),
  }),
  route({
    method: 'GET',
    path: '/v1/platform/tariffs',
    operationId: 'listAllTariffs',
    access: 'platform',
    tag: 'Platform',
    summary: 'List tariffs, by id',
    paged: true,
    answers: { 200: tariffAnswerSchema },
    handle: async ({ page }) => {
      const { items, last } = await queryTariffs(page.limit, page.after);
      return okPage(items.map(showTariff), last);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/tariffs/{tariffId}',
    operationId: 'readTariff',
    access: 'platform',
    tag: 'Platform',
    summary: 'Get a tariff',
    answers: { 200: tariffAnswerSchema },
    handle: async ({ path: { tariffId } }) => {
      const tariff = await getTariff(tariffId);
      if (!tariff) {
        throw notFound('tariff', tariffId);
      }
      return okResource(showTariff(tariff));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/partners/{partnerId}/tariffs',
    operationId: 'listGrantedTariffs',
    access: 'platform',
    tag: 'Platform',
    summary: 'List the tariffs granted to a partner, by id',
    paged: true,
    answers: { 200: tariffAnswerSchema },
    handle: async ({ path: { partnerId }, page }) => {
      await getPartnerOr404(partnerId);
      const { items, last } = await queryGrantedTariffs(partnerId, page.limit, page.after);
      return okPage(items.map(showTariff), last);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/partners/{partnerId}/tariffs/{tariffId}',
    operationId: 'readGrantedTariff',
    access: 'platform',
    tag: 'Platform',
    summary: 'Get a tariff granted to a partner',
    answers: { 200: tariffAnswerSchema },
    handle: async ({ path: { partnerId, tariffId } }) => {
      const tariff = await getGrantedTariff(partnerId, tariffId);
      if (!tariff) {
        throw notFound('tariff of the partner', tariffId);
      }
      return okResource(showTariff(tariff));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/partners/{partnerId}/orders/{orderId}',
    operationId: 'readPartnerOrder',
    access: 'platform',
    tag: 'Platform',
    summary: 'Get an order of a partner',
    answers: { 200: partnerOrderSchema },
    handle: async ({ path: { partnerId, orderId } }) => {
      const order = await getOrder(partnerId, orderId);
      if (!order) {
        throw notFound('order', orderId);
      }
      return okResource(partnerOrderSchema.parse({ ...showOrder(order), partnerId }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/sims/{iccid}',
    operationId: 'readPartnerSim',
    access: 'platform',
    tag: 'Platform',
    summary: 'Find a SIM, of whichever partner',
    answers: { 200: partnerSimSchema },
    handle: async ({ path: { iccid } }) => {
      const partnerId = (await ownersOf([iccid])).get(iccid);
      const sim = partnerId === undefined ? undefined : await getSim(partnerId, iccid);
      if (!sim) {
        throw notFound('SIM', iccid);
      }
      return okResource(partnerSimSchema.parse({ ...showSim(sim), partnerId }));
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/platform/partners/{partnerId}',
    operationId: 'savePartner',
    access: 'platform',
    tag: 'Platform',
    summary: 'Create or replace a partner',
    body: partnerDetails,
    example: {
      name: 'Acme Connectivity Ltd',
      shortName: 'Acme',
      deliveryAddress: { name: 'Acme', lines: ['1 Dock Road'], city: 'London', postalCode: 'E16 1AA', country: 'GB' },
      contact: { name: 'Ada', email: 'ada@acme.example' },
    },
    answers: { 200: partnerSchema, 201: partnerSchema },
    honoursIfMatch: true,
    honoursIfNoneMatch: true,
    handle: async ({ path: { partnerId }, body, headers, now }) => {
      if (!isPartnerId(partnerId)) {
        throw invalidInput([
          {
            pointer: '/path/partnerId',
            code: 'invalid_format',
            message:
              'partnerId must have 1 to 64 letters, digits, dots, dashes and underscores, and start with a letter or digit.',
          },
        ]);
      }
      const saved = await savePartner(partnerId, body, now.toISOString(), (before) =>
        requirePutConditions(headers, before && showPartner(before)),
      );
      const shown = showPartner(saved.partner);
      return saved.before
        ? { ...okResource(shown), before: showPartner(saved.before) }
        : created(`/v1/platform/partners/${partnerId}`, shown);
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/platform/tariffs/{tariffId}',
    operationId: 'saveTariff',
    access: 'platform',
    tag: 'Platform',
    summary: 'Create or replace a tariff',
    description:
      'An existing tariff keeps its audience and its operators, because SIMs may depend on them. Operators can be added.',
    body: tariffSchema,
    answers: { 200: tariffAnswerSchema, 201: tariffAnswerSchema },
    honoursIfMatch: true,
    honoursIfNoneMatch: true,
    handle: async ({ path: { tariffId }, body, headers }) => {
      if (!TARIFF_ID.test(tariffId)) {
        throw invalidInput([
          {
            pointer: '/path/tariffId',
            code: 'invalid_format',
            message:
              'tariffId must start with trf_, followed by 1 to 60 letters, digits, dots, dashes and underscores.',
          },
        ]);
      }
      const saved = await saveTariff(tariffId, body, (before) =>
        requirePutConditions(headers, before && showTariff(before)),
      );
      if ('problem' in saved) {
        throw new Refusal('tariff_in_use', saved.problem.detail);
      }
      const shown = showTariff(saved.tariff);
      return saved.before
        ? { ...okResource(shown), before: showTariff(saved.before) }
        : created(`/v1/platform/tariffs/${tariffId}`, shown);
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/platform/partners/{partnerId}/tariffs/{tariffId}',
    operationId: 'grantTariff',
    access: 'platform',
    tag: 'Platform',
    summary: 'Grant a tariff to a partner',
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
      const shown = showTariff(tariff);
      return isNew ? created(`/v1/platform/partners/${partnerId}/tariffs/${tariffId}`, shown) : okResource(shown);
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/platform/partners/{partnerId}/tariffs/{tariffId}',
    operationId: 'revokeTariff',
    access: 'platform',
    tag: 'Platform',
    summary: 'Revoke a tariff from a partner',
    description: 'Existing services on the tariff remain. New services cannot use it.',
    answers: { 204: null },
    handle: async ({ path: { partnerId, tariffId }, ifMatch }) => {
      const given = await getGrantedTariff(partnerId, tariffId);
      if (!given) {
        throw notFound('tariff of the partner', tariffId);
      }
      requireMatch(ifMatch, showTariff(given));
      if (!(await revokeTariff(partnerId, tariffId))) {
        throw notFound('tariff of the partner', tariffId);
      }
      return noContent;
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/set-aside',
    operationId: 'listFailedWork',
    access: 'platform',
    tag: 'Platform',
    summary: 'List failed work that awaits redrive',
    paged: true,
    answers: { 200: deadLetterSchema },
    handle: async ({ page }) => {
      const { items, last } = await queryDeadLetters(page.limit, page.after);
      return okPage(items.map(showDeadLetter), last);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/platform/set-aside/{id}/put-back',
    operationId: 'redriveFailedWork',
    access: 'platform',
    maxIdLength: MAX_DEAD_LETTER_ID_LENGTH,
    tag: 'Platform',
    summary: 'Redrive failed work',
    description: 'The work is retried within a minute.',
    answers: { 204: null },
    handle: async ({ caller, path: { id }, now }) => {
      if (!(await redrive(id, caller.userId, now))) {
        throw notFound('failed work', id);
      }
      return noContent;
    },
  }),
];

async function getPartnerOr404(partnerId: string): Promise<Partner> {
  const partner = await getPartner(partnerId);
  if (!partner) {
    throw notFound('partner', partnerId);
  }
  return partner;
}

export const handler = createApiHandler(routes);
