/** The JSON Schema of a problem document. */
export function problemSchema(): Record<string, unknown> {
  const text = { type: 'string' };
  const nearest = { type: 'array', items: { type: 'integer' }, description: 'The nearest valid quantities.' };
  return {
    type: 'object',
    description: 'A problem document (RFC 9457).',
    required: ['type', 'title', 'status', 'detail', 'instance'],
    properties: {
      type: { ...text, format: 'uri', description: 'Link to the explanation of the code. Ends in the code.' },
      title: { ...text, description: 'Short summary of the kind of problem.' },
      status: { type: 'integer', description: 'The HTTP status.' },
      code: { ...text, description: 'Identifies the kind of problem. `x-problem-codes` explains all codes.' },
      detail: { ...text, description: 'What went wrong with this request, and what to do about it.' },
      instance: { ...text, description: 'The id of the request.' },
      nearest,
      simsByState: {
        type: 'object',
        description: 'Number of SIMs, by state, that prevent the deletion.',
        additionalProperties: { type: 'integer' },
      },
      errors: {
        type: 'array',
        description: 'The invalid fields.',
        items: {
          type: 'object',
          required: ['pointer', 'code', 'message'],
          properties: {
            pointer: { ...text, description: 'JSON pointer of the field.' },
            code: { ...text, description: 'The rule that the field violates.' },
            message: { ...text, description: 'The violated rule as a sentence, with the permitted values.' },
            nearest,
          },
        },
      },
    },
  };
}
