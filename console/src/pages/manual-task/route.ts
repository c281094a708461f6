import type { Page } from '../../app/page.ts';

export const route: Page = {
  path: '/desk/tasks/:taskId',
  requires: 'getManualTask',
  load: () => import('./page.tsx'),
};
