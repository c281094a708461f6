import { describe, expect, it } from '@jest/globals';
import { allRoutes } from '../../../functions/api/routes.ts';
import { pages } from '../pages/index.ts';
import { callerOfToken, mayCall, type Operation } from '../session/caller.ts';
import * as text from '../text/index.ts';
import { activeLink, labelFor, navigationItems } from './navigation.ts';
import { isShown } from './page.ts';

/** The rights of a user, from the route table of the API. */
function rightsOf(claims: object): (operation: Operation) => boolean {
  const caller = callerOfToken(`e30.${Buffer.from(JSON.stringify({ sub: 'u', ...claims })).toString('base64url')}.s`);
  return (operation) => {
    const route = allRoutes.find(({ operationId }) => operationId === operation);
    return caller !== undefined && route !== undefined && mayCall(caller, route.access);
  };
}

const pathsFor = (claims: object) => pages.filter((page) => isShown(page, rightsOf(claims))).map(({ path }) => path);

const partner = (role: string) => ({ partner_id: 'acme', roles: [role] });

describe('pages', () => {
  it('are about operations that the API has', () => {
    const operations = new Set(allRoutes.map(({ operationId }) => operationId));
    expect(pages.filter(({ requires }) => requires !== undefined && !operations.has(requires))).toEqual([]);
  });

  it('have paths of their own', () => {
    expect(new Set(pages.map(({ path }) => path)).size).toBe(pages.length);
  });

  it('of an admin include ordering, and those of other users of the partner do not', () => {
    expect(pathsFor(partner('admin'))).toContain('/orders/new');
    for (const role of ['provisioning', 'deployment', 'support', 'accounts', 'billing']) {
      expect(pathsFor(partner(role))).toContain('/orders');
      expect(pathsFor(partner(role))).not.toContain('/orders/new');
    }
  });

  it('of a customer are about SIMs, without orders and operations', () => {
    const paths = pathsFor({ partner_id: 'acme', customer_id: 'cus_1', roles: ['customer_admin'] });
    expect(paths).toContain('/');
    expect(paths).not.toContain('/orders');
    expect(paths).not.toContain('/operations');
  });

  it('of a customer are also its own record, services and usage, but no partner services and tariffs', () => {
    const paths = pathsFor({ partner_id: 'acme', customer_id: 'cus_1', roles: ['customer_user'] });
    expect(paths).toEqual(expect.arrayContaining(['/customer', '/customer-services', '/customer-services/:id']));
    for (const path of ['/customers', '/customers/:id', '/partner-services', '/partner-services/:id', '/tariffs']) {
      expect(paths).not.toContain(path);
    }
  });

  it('of each role of a partner are about customers, services and tariffs', () => {
    for (const role of ['admin', 'provisioning', 'deployment', 'support', 'accounts', 'billing']) {
      const paths = pathsFor(partner(role));
      expect(paths).toEqual(
        expect.arrayContaining(['/customers', '/customer-services', '/partner-services', '/tariffs']),
      );
      expect(paths).not.toContain('/customer');
    }
  });

  it('about access and systems follow the rights of each role', () => {
    const visible = (claims: object) =>
      ['/users', '/clients', '/webhooks', '/alarms', '/alarms/:id', '/alarm-firings', '/journal'].filter((path) =>
        pathsFor(claims).includes(path),
      );
    expect(visible(partner('admin'))).toEqual([
      '/users',
      '/clients',
      '/webhooks',
      '/alarms',
      '/alarms/:id',
      '/alarm-firings',
      '/journal',
    ]);
    expect(visible(partner('provisioning'))).toEqual(['/users', '/alarms/:id', '/alarm-firings', '/journal']);
    expect(visible(partner('deployment'))).toEqual([]);
    expect(visible(partner('support'))).toEqual(['/journal']);
    expect(visible(partner('accounts'))).toEqual([]);
    expect(visible(partner('billing'))).toEqual(['/journal']);
    const customer = (role: string) => ({ partner_id: 'acme', customer_id: 'cus_1', roles: [role] });
    expect(visible(customer('customer_admin'))).toEqual(['/users', '/alarms/:id', '/alarm-firings']);
    expect(visible(customer('customer_user'))).toEqual([]);
    expect(visible({ roles: ['platform'] })).toEqual(['/journal']);
  });

  it('about the names of SIM fields are for admins alone', () => {
    expect(pathsFor(partner('admin'))).toContain('/sim-fields');
    expect(pathsFor(partner('support'))).not.toContain('/sim-fields');
  });

  it('of the platform are none of a partner', () => {
    expect(pathsFor({ roles: ['platform'] })).toContain('/');
    for (const path of ['/orders', '/customers', '/customer-services', '/partner-services', '/tariffs', '/customer']) {
      expect(pathsFor({ roles: ['platform'] })).not.toContain(path);
    }
  });

  it('of the desk and the wholesaler are for the platform alone', () => {
    const isOfDesk = (path: string) => /^\/(desk|platform)\//.test(path);
    expect(pathsFor({ roles: ['platform'] }).filter(isOfDesk)).toEqual(pages.map(({ path }) => path).filter(isOfDesk));
    expect(pathsFor(partner('admin')).filter(isOfDesk)).toEqual([]);
    expect(pathsFor({ partner_id: 'acme', customer_id: 'cus_1', roles: ['customer_admin'] }).filter(isOfDesk)).toEqual(
      [],
    );
  });
});

describe('the navigation', () => {
  it('leaves out sections without pages', () => {
    const titles = text.shell.sections;
    const view = { titles, kind: 'partner' } as const;
    expect(JSON.stringify(navigationItems(pages, rightsOf(partner('admin')), view))).toContain(titles.sims);
    expect(navigationItems(pages, () => false, view)).toEqual([{ type: 'link', text: text.titles.home, href: '/' }]);
  });

  it('does not call the services of a customer those of customers when the customer sees them', () => {
    const rights = rightsOf({ partner_id: 'acme', customer_id: 'cus_1', roles: ['customer_user'] });
    const labelsFor = (kind: 'partner' | 'customer') =>
      JSON.stringify(navigationItems(pages, rights, { titles: text.shell.sections, kind }));
    expect(labelsFor('partner')).toContain('"Customer services"');
    expect(labelsFor('customer')).toContain('"Services"');
    expect(labelsFor('customer')).not.toContain('"Customer services"');
    expect(labelFor('customer', { label: 'Users' })).toBe('Users');
  });

  it('marks the list that a page belongs to', () => {
    const rights = rightsOf(partner('admin'));
    expect(activeLink(pages, '/orders/ord_1', rights)).toBe('/orders');
    expect(activeLink(pages, '/orders', rights)).toBe('/orders');
    expect(activeLink(pages, '/elsewhere', rights)).toBe('/');
  });

  it('leads to the home page from a page whose list the user may not open', () => {
    const customer = rightsOf({ partner_id: 'acme', customer_id: 'cus_1', roles: ['customer_admin'] });
    expect(activeLink(pages, '/alarms/alm_1', customer)).toBe('/');
    expect(activeLink(pages, '/alarms/alm_1', rightsOf(partner('admin')))).toBe('/alarms');
  });
});
