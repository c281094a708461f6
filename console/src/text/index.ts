import { alarms } from './en/alarms.ts';
import { clients } from './en/clients.ts';
import { customers } from './en/customers.ts';
import { desk } from './en/desk.ts';
import { files } from './en/files.ts';
import { forms } from './en/forms.ts';
import { home } from './en/home.ts';
import { journal } from './en/journal.ts';
import { operations } from './en/operations.ts';
import { operators } from './en/operators.ts';
import { orders } from './en/orders.ts';
import { platform } from './en/platform.ts';
import { services } from './en/services.ts';
import { shell } from './en/shell.ts';
import { sims } from './en/sims.ts';
import { states } from './en/states.ts';
import { tariffs } from './en/tariffs.ts';
import { users } from './en/users.ts';
import { webhooks } from './en/webhooks.ts';

/** All text of the console. Another language is another folder beside `en` with the same shape. */
export const text = {
  shell,
  states,
  forms,
  home,
  orders,
  sims,
  operations,
  customers,
  services,
  tariffs,
  alarms,
  webhooks,
  users,
  clients,
  journal,
  desk,
  platform,
  operators,
  files,
};
