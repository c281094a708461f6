import * as z from 'zod/mini';
import { operatorSchema, showOperator } from '../../contract/operator.ts';
import { partnerSchema, showPartner } from '../../contract/partner.ts';
import { showTariff, tariffAnswerSchema } from '../../contract/tariff.ts';
import { operatorIdSchema } from '../../domain/operator.ts';
import {
  listOperators,
  listOwnTariffs,
  readOperator,
  readOwnPartner,
  readOwnTariff,
} from '../../use-cases/services/read-catalogue.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { okPage, okResource, route } from '../http/route.ts';
import { journalRoutes } from './journal.ts';

/** The operators and tariffs that are available to a partner, and the partner itself. */
const catalogueRoutes = [
  route({
    method: 'GET',
    path: '/v1/operators',
    operationId: 'listOperators',
    access: 'see',
    tag: 'Catalogue',
    summary: 'List operators',
    paged: true,
    answers: { 200: operatorSchema },
    handle: async ({ page }) => {
      const { items, next } = await listOperators(page);
      return okPage(items.map(showOperator), next);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/operators/{id}',
    operationId: 'getOperator',
    access: 'see',
    tag: 'Catalogue',
    summary: 'Get an operator',
    answers: { 200: operatorSchema },
    handle: async ({ path: { id } }) => okResource(showOperator(await readOperator(id))),
  }),
  route({
    method: 'GET',
    path: '/v1/tariffs',
    operationId: 'listTariffs',
    access: 'see',
    tag: 'Catalogue',
    summary: 'List the tariffs available to you',
    paged: true,
    query: () => z.strictObject({ operatorId: z.optional(operatorIdSchema) }),
    answers: { 200: tariffAnswerSchema },
    handle: async ({ caller, query: { operatorId }, page }) => {
      const { items, next } = await listOwnTariffs(caller.partnerId, operatorId, page);
      return okPage(items.map(showTariff), next);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/tariffs/{id}',
    operationId: 'getTariff',
    access: 'see',
    tag: 'Catalogue',
    summary: 'Get a tariff available to you',
    answers: { 200: tariffAnswerSchema },
    handle: async ({ caller, path: { id } }) => okResource(showTariff(await readOwnTariff(caller.partnerId, id))),
  }),
  route({
    method: 'GET',
    path: '/v1/partner',
    operationId: 'getOwnPartner',
    access: 'see',
    tag: 'Catalogue',
    summary: 'Get your own partner details',
    answers: { 200: partnerSchema },
    handle: async ({ caller }) => okResource(showPartner(await readOwnPartner(caller.partnerId))),
  }),
];

/** What a partner reads and does not change. The journal is here because it needs the same permissions. */
export const routes = [...catalogueRoutes, ...journalRoutes];

export const handler = createApiHandler(routes);
