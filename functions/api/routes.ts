import type { Route } from '../http/route.ts';
import * as alarms from './alarms.ts';
import * as catalogue from './catalogue.ts';
import * as customerServices from './customer-services.ts';
import * as customers from './customers.ts';
import * as docs from './docs.ts';
import * as machineClients from './machine-clients.ts';
import * as manualOrders from './manual-orders.ts';
import * as operations from './operations.ts';
import * as operatorReports from './operator-reports.ts';
import * as orders from './orders.ts';
import * as partnerServices from './partner-services.ts';
import * as platform from './platform.ts';
import * as sims from './sims.ts';
import * as tokens from './tokens.ts';
import * as users from './users.ts';
import * as webhooks from './webhooks.ts';

/** A function of the API: its entry file, its routes, and whether they need a whole CPU core. */
export type ApiFunction = { entry: string; routes: readonly Route[]; wholeCore?: true };

/** The route table: all routes of the API, by function. */
export const resources: Readonly<Record<string, ApiFunction>> = {
  docs: { entry: 'functions/api/docs.ts', routes: docs.routes },
  catalogue: { entry: 'functions/api/catalogue.ts', routes: catalogue.routes },
  customers: { entry: 'functions/api/customers.ts', routes: customers.routes },
  'customer-services': { entry: 'functions/api/customer-services.ts', routes: customerServices.routes },
  'partner-services': { entry: 'functions/api/partner-services.ts', routes: partnerServices.routes },
  orders: { entry: 'functions/api/orders.ts', routes: orders.routes },
  sims: { entry: 'functions/api/sims.ts', routes: sims.routes },
  operations: { entry: 'functions/api/operations.ts', routes: operations.routes },
  alarms: { entry: 'functions/api/alarms.ts', routes: alarms.routes },
  webhooks: { entry: 'functions/api/webhooks.ts', routes: webhooks.routes },
  platform: { entry: 'functions/api/platform.ts', routes: platform.routes },
  'manual-orders': { entry: 'functions/api/manual-orders.ts', routes: manualOrders.routes, wholeCore: true },
  users: { entry: 'functions/api/users.ts', routes: users.routes },
  'machine-clients': { entry: 'functions/api/machine-clients.ts', routes: machineClients.routes },
  tokens: { entry: 'functions/api/tokens.ts', routes: tokens.routes },
  'operator-reports': { entry: 'functions/api/operator-reports.ts', routes: operatorReports.routes, wholeCore: true },
};

/** All routes, in the order in which the reference page shows them. */
export const allRoutes: readonly Route[] = Object.values(resources).flatMap(({ routes }) => routes);
