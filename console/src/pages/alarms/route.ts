import type { Page } from '../../app/page.ts';
import { text } from '../../text/index.ts';

export const route: Page = {
  path: '/alarms',
  requires: 'listAlarms',
  navigation: { section: 'customers', label: text.alarms.title },
  load: () => import('./page.tsx'),
};
