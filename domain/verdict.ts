/** What was refused and why: a code that machines know, and a sentence for people. */
export type Problem<Code extends string = string> = { code: Code; detail: string };

/** A rule of the input that does not hold, and the field (a JSON pointer) that it is about. */
export type Violation = { pointer: string; code: string; message: string };
