import { type Caller, callerFromClaims, isAllowed } from '../../domain/access.ts';
import { asId } from '../../domain/ids.ts';
import { allRoutes } from '../../functions/api/routes.ts';
import type { seedUsers } from '../../local/seed-users.ts';
import type { World } from './world.ts';

/** A page of the console, as its `route.ts` declares it. */
type DeclaredPage = { path: string; requires?: string };

/** The module with the pages. In a variable, because only the console's own compiler options read what it imports. */
const pagesModule = '../../console/src/pages/index.ts';

const { pages }: { pages: readonly DeclaredPage[] } = await import(pagesModule);

/** The kinds of users that see different pages. */
export type Viewer = keyof typeof seedUsers;

const callers: Readonly<Record<Viewer, Caller | undefined>> = {
  admin: callerFromClaims({ sub: 'admin', partnerId: asId('partner', 'demo'), roles: ['admin'] }),
  support: callerFromClaims({ sub: 'support', partnerId: asId('partner', 'demo'), roles: ['support'] }),
  customer: callerFromClaims({
    sub: 'customer',
    partnerId: asId('partner', 'demo'),
    customerId: asId('customer', 'cus_1'),
    roles: ['customer_admin'],
  }),
  platform: callerFromClaims({ sub: 'platform', roles: ['platform'] }),
};

/** The paths of all pages that a user sees, with the ids of a seeded cloud. */
export function pathsFor(viewer: Viewer, world: World): string[] {
  return pages.filter((page) => isShownTo(viewer, page)).map(({ path }) => examplePath(path, viewer, world));
}

/** Whether a path of the console is that of a page that a user sees. */
export function isOpenTo(viewer: Viewer, path: string): boolean {
  const parts = path.split('/');
  return pages.some((page) => {
    const pattern = page.path.split('/');
    const matches =
      pattern.length === parts.length && pattern.every((part, at) => part[0] === ':' || part === parts[at]);
    return matches && isShownTo(viewer, page);
  });
}

function isShownTo(viewer: Viewer, { requires }: DeclaredPage): boolean {
  const caller = callers[viewer];
  const access = allRoutes.find(({ operationId }) => operationId === requires)?.access;
  return (
    requires === undefined ||
    access === 'public' ||
    (caller !== undefined && access !== undefined && isAllowed(caller, access))
  );
}

/** @throws Error when the seeded data has no example for a page's parameters */
function examplePath(path: string, viewer: Viewer, world: World): string {
  const examples: Readonly<Record<string, string>> = {
    '/orders/:id': `/orders/${world.orderId}`,
    '/sims/:iccid': `/sims/${world.iccid}`,
    '/operations/:id': `/operations/${world.operationId}`,
    '/customers/:id': `/customers/${world.customerId}`,
    '/customer-services/:id': `/customer-services/${world.customerServiceId}`,
    '/partner-services/:id': `/partner-services/${world.partnerServiceId}`,
    '/tariffs/:id': '/tariffs/trf_customer_all',
    '/alarms/:id': `/alarms/${world.alarmId}`,
    '/webhooks/:id': `/webhooks/${world.webhookId}`,
    '/users/:id': `/users/${viewer === 'customer' ? world.customerUserId : world.userId}`,
    '/desk/orders/:partnerId/:orderId': `/desk/orders/demo/${world.manualOrderId}`,
    '/desk/tasks/:taskId': `/desk/tasks/${world.taskId}`,
    '/platform/partners/:partnerId': '/platform/partners/demo',
    '/platform/tariffs/:tariffId': '/platform/tariffs/trf_customer_all',
    '/platform/operators/:operatorId': '/platform/operators/portal',
    '/platform/users/:userId': `/platform/users/${world.platformUserId}`,
  };
  const example = path.includes(':') ? examples[path] : path;
  if (example === undefined) {
    throw new Error(`Add an example of ${path} to ${import.meta.filename}, with what it shows to the seeded world.`);
  }
  return example;
}
