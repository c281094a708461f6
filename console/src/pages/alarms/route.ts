import type { Page } from '../../app/page.ts';
import * as text from '../../text/index.ts';

export const route: Page = {
  path: '/alarms',
  requires: 'listAlarms',
  navigation: { section: 'customers', label: text.titles.alarms },
  load: () => import('./page.tsx'),
};
