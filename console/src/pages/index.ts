import type { Page } from '../app/page.ts';
import { route as home } from './home/route.ts';
import { route as operations } from './operations/route.ts';
import { route as orders } from './orders/route.ts';

/** The pages of the console, in the order of the navigation. */
export const pages: readonly Page[] = [home, orders, operations];
