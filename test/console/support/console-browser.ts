export { canBrowse, openBrowser } from '../../../tools/browser.ts';
export { type Visitor, visit, type Window, windows } from '../../../tools/console-browser.ts';
