// What a connector knows of the calls it may make; who counts them is not its concern.

/** Calls that credentials may make, shared with whoever else uses them. */
export type CallBudget = {
  /**
   * Waits for the next call. Throws vendor.throttled where the vendor asked for a silence that is longer than a run
   * should wait, and the signal's reason when that aborts.
   */
  take(signal: AbortSignal): Promise<void>;
  /** The vendor asked for silence (429, Retry-After): nobody calls with these credentials for so many seconds. */
  pause(seconds: number): Promise<void>;
};
