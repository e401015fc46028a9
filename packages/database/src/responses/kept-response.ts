/** A model's answer in the dialect of OpenAI's Responses, with what it answered. */
export interface KeptResponse {
  id: string;
  /** The response that it goes on from. */
  previousId: string | null;
  /** JSON: the items that were new with its request. */
  input: string;
  /** JSON: as it was answered. */
  response: string;
}

/** How long a response is kept, in days: as long as OpenAI keeps its own. */
export const RESPONSE_KEPT_DAYS = 30;
