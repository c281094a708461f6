/*
 * All text of the console, imported as `import * as text`: each page loads the text that it uses. Another language is another folder
 * beside `en` with the same shape.
 */
export { alarms } from './en/alarms.ts';
export { clients } from './en/clients.ts';
export { customers } from './en/customers.ts';
export { desk } from './en/desk.ts';
export { files } from './en/files.ts';
export { forms } from './en/forms.ts';
export { home } from './en/home.ts';
export { journal } from './en/journal.ts';
export { operations } from './en/operations.ts';
export { operators } from './en/operators.ts';
export { orders } from './en/orders.ts';
export { platform } from './en/platform.ts';
export { services } from './en/services.ts';
export { shell } from './en/shell.ts';
export { sims } from './en/sims.ts';
export { states } from './en/states.ts';
export { tariffs } from './en/tariffs.ts';
export { titles } from './en/titles.ts';
export { users } from './en/users.ts';
export { webhooks } from './en/webhooks.ts';
