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
  loadable: (count: string, rows: string) => `${count} of ${rows} rows can be loaded`,
  loaded: (count: string, rows: string) => `${count} of ${rows} rows were loaded`,
  alreadyLoaded: (count: string) => `Loaded before: ${count}.`,
  rejected: (count: string) => `Rejected: ${count}. Correct these rows and upload the file again.`,
  load: (count: string) => (count === '1' ? 'Load 1 SIM' : `Load ${count} SIMs`),
  errors: 'Rejected rows',
  errorsFile: 'rejected-rows.csv',
  row: 'Row',
  iccid: 'ICCID',
  reason: 'Reason',
};
