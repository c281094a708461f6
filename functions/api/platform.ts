import * as z from 'zod/mini';
import { deadLetterSchema, showDeadLetter } from '../../contract/dead-letter.ts';
import { platformOperatorSchema, showPlatformOperator } from '../../contract/operator.ts';
import { partnerOrderSchema, showPartnerOrder } from '../../contract/order.ts';
import { partnerSchema, showPartner } from '../../contract/partner.ts';
import { partnerSimSchema, showSim } from '../../contract/sim.ts';
import { showTariff, tariffAnswerSchema } from '../../contract/tariff.ts';
import { addressSchema, contactSchema } from '../../domain/address.ts';
import { MAX_DEAD_LETTER_ID_LENGTH } from '../../domain/dead-letter.ts';
import { described } from '../../domain/described.ts';
import { operatorSettingsSchema } from '../../domain/operator.ts';
import { HOLDING_DAYS } from '../../domain/partner.ts';
import { tariffSchema } from '../../domain/tariff.ts';
import { line } from '../../domain/text.ts';
import { listDeadLetters, redrive } from '../../use-cases/failed-work/redrive.ts';
import { readOrder } from '../../use-cases/orders/read-orders.ts';
import { findSim } from '../../use-cases/platform/find-sim.ts';
import { grantTariff, revokeTariff } from '../../use-cases/platform/grant-tariff.ts';
import { listPartners, readPartner } from '../../use-cases/platform/read-partners.ts';
import {
  listAllTariffs,
  listGrantedTariffs,
  readGrantedTariff,
  readTariff,
} from '../../use-cases/platform/read-tariffs.ts';
import { saveOperator } from '../../use-cases/platform/save-operator.ts';
import { savePartner } from '../../use-cases/platform/save-partner.ts';
import { saveTariff } from '../../use-cases/platform/save-tariff.ts';
import { listOperators, readOperator } from '../../use-cases/services/read-catalogue.ts';
import { describeSim } from '../../use-cases/sims/describe-sims.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch, requirePutConditions } from '../http/etag.ts';
import { created, noContent, okPage, okResource, type RouteResponse, route } from '../http/route.ts';

const partnerDetails = () =>
  z.strictObject({
    name: line(100),
    shortName: line(30),
    deliveryAddress: addressSchema,
    contact: contactSchema,
    requestsPerSecond: described(
      z.optional(z.int().check(z.minimum(1), z.maximum(10_000))),
      'Maximum average number of requests per second. Default: the limit of the deployment.',
    ),
    holdingDays: described(
      z.optional(z.int().check(z.minimum(1), z.maximum(60))),
      `Working days after which the partner is notified of SIMs that are still in holding. Default: ${HOLDING_DAYS}.`,
    ),
  });

/** Administration by the wholesaler: operators, partners, tariffs, grants and failed work. */
export const routes = [
  route({
    method: 'GET',
    path: '/v1/platform/partners',
    operationId: 'listPartners',
    access: 'platform',
    tag: 'Platform',
    summary: 'List partners, by id',
    description: 'A newly created partner can be missing for a moment.',
    paged: true,
    answers: { 200: partnerSchema },
    handle: async ({ page }) => {
      const { items, last } = await listPartners(page);
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
    handle: async ({ path: { partnerId } }) => okResource(showPartner(await readPartner(partnerId))),
  }),
  route({
    method: 'GET',
    path: '/v1/platform/operators',
    operationId: 'listPlatformOperators',
    access: 'platform',
    tag: 'Platform',
    summary: 'List operators with all their settings',
    paged: true,
    answers: { 200: platformOperatorSchema },
    handle: async ({ page }) => {
      const { items, next } = await listOperators(page);
      return okPage(items.map(showPlatformOperator), next);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/operators/{operatorId}',
    operationId: 'readPlatformOperator',
    access: 'platform',
    tag: 'Platform',
    summary: 'Get an operator with all its settings',
    answers: { 200: platformOperatorSchema },
    handle: async ({ path: { operatorId } }) => okResource(showPlatformOperator(await readOperator(operatorId))),
  }),
  route({
    method: 'PUT',
    path: '/v1/platform/operators/{operatorId}',
    operationId: 'saveOperator',
    access: 'platform',
    tag: 'Platform',
    summary: 'Create or replace an operator',
    description:
      'Takes effect for the next request. An existing order keeps its quantity, product, estimate and `ordering`; everything else follows the new settings. Omitted optional settings are removed. The address and the credentials of a platform are not settings: they are in the secret of the operators.',
    body: () => operatorSettingsSchema,
    example: {
      name: 'Example Mobile',
      country: 'DE',
      calendar: 'weekdays',
      closedDays: ['2026-12-25'],
      orderMultiple: 10,
      leadTimeWorkingDays: { min: 2, max: 4 },
      products: [{ id: 'triple', name: 'Triple-cut SIM', formFactor: 'triple', default: true }],
      iccid: { checkDigit: 'either' },
      ordering: 'manual',
      connectivity: 'api',
      usage: 'file',
      platform: { kind: 'sim-fulfilment' },
      onDifference: 'report',
    },
    answers: { 200: platformOperatorSchema, 201: platformOperatorSchema },
    honoursIfMatch: true,
    honoursIfNoneMatch: true,
    handle: async ({ path: { operatorId }, body, headers }) => {
      const { operator, before } = await saveOperator(operatorId, body, (current) =>
        requirePutConditions(headers, current && showPlatformOperator(current)),
      );
      return createdOrReplaced(
        `/v1/platform/operators/${operatorId}`,
        showPlatformOperator(operator),
        before && showPlatformOperator(before),
      );
    },
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
      const { items, last } = await listAllTariffs(page);
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
    handle: async ({ path: { tariffId } }) => okResource(showTariff(await readTariff(tariffId))),
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
      const { items, last } = await listGrantedTariffs(partnerId, page);
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
    handle: async ({ path: { partnerId, tariffId } }) =>
      okResource(showTariff(await readGrantedTariff(partnerId, tariffId))),
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
      const order = await readOrder(partnerId, orderId);
      return okResource(showPartnerOrder(partnerId, order));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/sims/{iccid}',
    operationId: 'readPartnerSim',
    access: 'platform',
    tag: 'Platform',
    summary: 'Find a SIM of any partner',
    answers: { 200: partnerSimSchema },
    handle: async ({ path: { iccid } }) => {
      const { partnerId, sim } = await findSim(iccid);
      const shown = showSim(await describeSim({ partnerId, kind: 'partner' }, sim));
      return okResource(partnerSimSchema.parse({ ...shown, partnerId }));
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/platform/partners/{partnerId}',
    operationId: 'savePartner',
    access: 'platform',
    tag: 'Platform',
    summary: 'Create or replace a partner',
    description:
      'Replaces all details: omitted `requestsPerSecond` and `holdingDays` return to their defaults. A new partner gets a holding service for each operator.',
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
      const { partner, before } = await savePartner(partnerId, body, {
        now,
        precondition: (current) => requirePutConditions(headers, current && showPartner(current)),
      });
      const location = `/v1/platform/partners/${partnerId}`;
      return createdOrReplaced(location, showPartner(partner), before && showPartner(before));
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
    body: () => tariffSchema,
    answers: { 200: tariffAnswerSchema, 201: tariffAnswerSchema },
    honoursIfMatch: true,
    honoursIfNoneMatch: true,
    handle: async ({ path: { tariffId }, body, headers }) => {
      const { tariff, before } = await saveTariff(tariffId, body, (current) =>
        requirePutConditions(headers, current && showTariff(current)),
      );
      return createdOrReplaced(`/v1/platform/tariffs/${tariffId}`, showTariff(tariff), before && showTariff(before));
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
      const { tariff, isNew } = await grantTariff(partnerId, tariffId);
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
      await revokeTariff(partnerId, tariffId, (tariff) => requireMatch(ifMatch, showTariff(tariff)));
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
      const { items, last } = await listDeadLetters(page);
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
      await redrive(id, caller.userId, now);
      return noContent;
    },
  }),
];

/** The answer to a `PUT`: 201 when it created the resource, otherwise 200 with the previous state for the journal. */
function createdOrReplaced(location: string, shown: unknown, before: unknown): RouteResponse {
  return before === undefined ? created(location, shown) : { ...okResource(shown), before };
}

export const handler = createApiHandler(routes);
