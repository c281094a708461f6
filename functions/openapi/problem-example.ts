/** A problem document, the example of every error response. */
export const problemExample = {
  type: 'https://api.example.com/docs#multiple_of',
  title: 'Invalid input',
  status: 422,
  code: 'multiple_of',
  detail: 'quantity must be a multiple of 50 for 3UK: 100 or 150, not 120.',
  instance: 'JKJaXmPLvHcESHA=',
  errors: [
    {
      pointer: '/quantity',
      code: 'multiple_of',
      message: 'quantity must be a multiple of 50 for 3UK: 100 or 150, not 120.',
      nearest: [100, 150],
    },
  ],
  nearest: [100, 150],
};
