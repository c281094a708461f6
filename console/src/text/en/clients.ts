import { titles } from './titles.ts';

export const clients = {
  title: titles.clients,
  empty: 'No API clients',
  emptyHint: 'An API client lets a system of yours call the API.',
  create: 'Create API client',
  columns: { name: 'Name', id: 'Client ID', roles: 'Roles', createdAt: 'Created', actions: 'Actions' },
  nameHint: 'Letters, digits, single spaces and the characters _+=,.@-',
  tokenUrl: 'Token URL',
  scopes: 'Scopes',
  rotate: {
    action: 'Rotate secret',
    of: (name: string) => `Rotate secret of ${name}`,
    title: (name: string) => `Rotate the secret of ${name}?`,
    text: 'The previous secret stays valid for a day. Any older secret stops working immediately.',
    validUntil: 'Previous secret is valid until',
  },
  revoke: {
    action: 'Revoke',
    of: (name: string) => `Revoke ${name}`,
    title: (name: string) => `Revoke ${name}?`,
    text: 'The client can no longer request tokens. Its existing tokens are rejected within a minute.',
    done: (name: string) => `${name} was revoked.`,
  },
};
