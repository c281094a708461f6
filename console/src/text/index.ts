import { home } from './en/home.ts';
import { operations } from './en/operations.ts';
import { orders } from './en/orders.ts';
import { shell } from './en/shell.ts';
import { sims } from './en/sims.ts';
import { states } from './en/states.ts';

/** All text of the console. Another language is another folder beside `en` with the same shape. */
export const text = { shell, states, home, orders, sims, operations };
