import * as z from 'zod/mini';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import { getGrantedTariff, listGrantedTariffs } from '../../adapters/dynamodb/tariffs.ts';
import { operatorSchema } from '../../contract/operator.ts';
import { partnerSchema, showPartner } from '../../contract/partner.ts';
import { showTariff, tariffAnswerSchema } from '../../contract/tariff.ts';
import { isOperatorId, operatorIds, operators } from '../../domain/operator.ts';
import { notFound } from '../../use-cases/refusal.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { okPage, okResource, route } from '../http/route.ts';

/** What can be ordered and sold, and who the caller is. */
export const routes = [
  route({
    method: 'GET',
    path: '/v1/operators',
    operationId: 'listOperators',
    access: 'see',
    tag: 'Catalogue',
    summary: 'List operators',
    paged: true,
    answers: { 200: operatorSchema },
    handle: async ({ page: { limit, after } }) => {
      const all = Object.values(operators);
      const start = all.findIndex(({ id }) => id === after) + 1;
      const items = all.slice(start, start + limit);
      return okPage(items, start + limit < all.length ? items.at(-1)?.id : undefined);
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
    handle: async ({ path: { id } }) => {
      if (!isOperatorId(id)) {
        throw notFound('operator', id);
      }
      return okResource(operators[id]);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/tariffs',
    operationId: 'listTariffs',
    access: 'see',
    tag: 'Catalogue',
    summary: 'List the tariffs available to you',
    paged: true,
    query: () => z.strictObject({ operatorId: z.optional(z.enum(operatorIds)) }),
    answers: { 200: tariffAnswerSchema },
    handle: async ({ caller, query, page: { limit, after = '' } }) => {
      const tariffs = await listGrantedTariffs(caller.partnerId, query.operatorId);
      const rest = tariffs.filter(({ id }) => id > after);
      const items = rest.slice(0, limit);
      return okPage(items.map(showTariff), rest.length > limit ? items.at(-1)?.id : undefined);
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
    handle: async ({ caller, path: { id } }) => {
      const tariff = await getGrantedTariff(caller.partnerId, id);
      if (!tariff) {
        throw notFound('tariff', id);
      }
      return okResource(showTariff(tariff));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/partner',
    operationId: 'getOwnPartner',
    access: 'see',
    tag: 'Catalogue',
    summary: 'Get your own partner details',
    answers: { 200: partnerSchema },
    handle: async ({ caller }) => {
      const partner = await getPartner(caller.partnerId);
      if (!partner) {
        throw notFound('partner', caller.partnerId);
      }
      return okResource(showPartner(partner));
    },
  }),
];

export const handler = createApiHandler(routes);
