const refusals = new WeakSet<Error>();

/** An error whose message is one sentence for the operator: shown without a stack. */
export function refusal(sentence: string): Error {
  const error = new Error(sentence);
  refusals.add(error);
  return error;
}

/** What to print about an error: a sentence for the expected ones, the stack for a defect of ours. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Codes such as "database.newer" are ours; a mistyped option is the operator's.
  const isExpected = "code" in error && /^([a-z]+\.[a-z]+|ERR_PARSE_ARGS\w*)$/.test(String(error.code));
  return isExpected || refusals.has(error) ? error.message : (error.stack ?? error.message);
}
