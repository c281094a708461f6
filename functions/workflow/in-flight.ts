/** How many writes of SIMs one task has under way at a time: more does not go faster, and throttles sooner. */
export const IN_FLIGHT = 32;
