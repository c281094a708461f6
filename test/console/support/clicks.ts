import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';

/** What users click, by the names that they see. The page may open later. */
export function clicksOn(page: () => Page) {
  const dialog = () => page().getByRole('dialog');
  return {
    dialog,
    press: (name: string | RegExp) => page().getByRole('button', { name, exact: true }).click(),
    /** Presses a button of the dialog. */
    submit: (name: string) => dialog().getByRole('button', { name, exact: true }).click(),
    async choose(label: string, option: string | RegExp): Promise<void> {
      // A whole word: the navigation has similar names.
      await page()
        .getByRole('button', { name: new RegExp(`^${label}( |$)`) })
        .click();
      await page().getByRole('option', { name: option }).first().click();
    },
    /** Types a day, `YYYY-MM-DD`, into the dialog. It is shown in words until its field has the focus. */
    async fillDay(day: string): Promise<void> {
      const field = dialog().getByPlaceholder('YYYY-MM-DD');
      await field.click();
      await field.fill(day);
      expect(await field.inputValue()).toBe(day);
    },
  };
}
