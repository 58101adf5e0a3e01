/** Something a person must see and can act on: one sentence, printed without a stack. */
export class StackError extends Error {}
