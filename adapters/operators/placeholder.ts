/** The key of the generated value with which the operators' secret is created: no operator, and replaced by the first real content. */
export const PLACEHOLDER_KEY = 'placeholder';
