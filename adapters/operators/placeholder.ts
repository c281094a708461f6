/** The only key in the operators' secret of a new deployment. It names no operator, and the first real content replaces it. */
export const PLACEHOLDER_KEY = 'placeholder';
