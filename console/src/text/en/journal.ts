import { titles } from './titles.ts';

export const journal = {
  title: titles.journal,
  lead: 'All accepted changes, newest first.',
  empty: 'No entries match',
  emptyHint: 'Choose other days, or remove a filter.',
  columns: {
    at: 'When',
    actor: 'Who',
    action: 'Request',
    resource: 'Resource',
    changes: 'Changes',
    sourceIp: 'IP address',
    status: 'Status',
  },
  from: 'From day',
  to: 'To day',
  resource: 'Id or path of a resource',
  onlyActor: (who: string) => `Show only entries of ${who}`,
  allActors: 'Entries of everyone',
  actorOnly: (who: string) => `Only entries of ${who}`,
};
