import { expect, it } from '@jest/globals';
import { afterClick, afterMove, type Notification, withNotification } from './notification-list.ts';

const saved: Notification = { id: '1', type: 'success', content: 'Saved' };
const failed: Notification = { id: '2', type: 'error', content: 'Failed' };
const click = { isHistory: false };
const idsOf = (shown: readonly Notification[]) => shown.map(({ id }) => id);

it('keeps a success on the page that its own step opens', () => {
  expect(afterMove([saved], click)).toEqual([saved]);
});

it('removes successes when the user moves on, and keeps errors', () => {
  const shown = afterClick([saved, failed]);
  expect(idsOf(shown)).toEqual(['1', '2']);
  expect(idsOf(afterMove(shown, click))).toEqual(['2']);
});

it('keeps only the success of the step that opens a page', () => {
  const shown = withNotification(afterClick([saved]), { ...saved, id: '3' });
  expect(idsOf(afterMove(shown, click))).toEqual(['3']);
});

it('removes successes when the user goes back', () => {
  expect(idsOf(afterMove([saved, failed], { isHistory: true }))).toEqual(['2']);
});

it('shows the latest three', () => {
  const shown = ['1', '2', '3', '4'].reduce<readonly Notification[]>(
    (before, id) => withNotification(before, { ...saved, id }),
    [],
  );
  expect(idsOf(shown)).toEqual(['2', '3', '4']);
});

it('changes nothing without need, so that nothing is drawn again', () => {
  const shown = afterClick([failed]);
  expect(afterClick(shown)).toBe(shown);
  expect(afterMove(shown, click)).toBe(shown);
});
