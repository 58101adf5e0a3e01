/** Something a person must see and can act on: its message is complete and is printed without a stack. */
export class ProvisionError extends Error {
  override readonly name = 'ProvisionError';
}
