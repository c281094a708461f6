/** Why something was refused: a code for machines, and a sentence for people. */
export type Problem<Code extends string = string> = { code: Code; detail: string };

/** A rule of the input that a field (a JSON pointer) violates. */
export type Violation = { pointer: string; code: string; message: string };
