import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/alarms/:id',
  requires: 'listAlarmFirings',
  load: () => import('./page.tsx'),
};
