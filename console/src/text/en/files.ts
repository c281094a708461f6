import { counted } from './counted.ts';

/** English text of CSV files that users upload. */
export const files = {
  upload: {
    uploadButtonText: () => 'Choose file',
    dropzoneText: () => 'Drop the file here',
    removeFileAriaLabel: () => 'Remove file',
    errorIconAriaLabel: 'Error',
    warningIconAriaLabel: 'Warning',
  },
  file: 'CSV file',
  working: 'Checking the file',
  loadable: (count: string, rows: string) => `${count} of ${counted(rows, 'row')} can be loaded`,
  loaded: (count: string, rows: string) =>
    `${count} of ${counted(rows, 'row')} ${count === '1' ? 'was' : 'were'} loaded`,
  alreadyLoaded: (count: string) => `Loaded before: ${count}.`,
  rejected: (count: string) => `Rejected: ${count}. Correct these rows and upload the file again.`,
  load: (count: string) => `Load ${counted(count, 'SIM')}`,
  errors: 'Rejected rows',
  errorsFile: 'rejected-rows.csv',
  row: 'Row',
  iccid: 'ICCID',
  reason: 'Reason',
};
