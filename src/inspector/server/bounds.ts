/** Every bound of an inspector's server. Beyond it a request is refused, or a stream says what it left out. */
export const bounds = {
  /** One request's body, bytes. */
  body: 512 * 1024,
  /** One request's body, where it is a diagram of messages, bytes. */
  diagram: 4 * 1024 * 1024,
  /** Pages (and others) that are told of what happens, count. */
  streams: 16,
  /** Connections, count. */
  connections: 256,
  /** Events that a page may have got and not worked off, count. */
  credit: 32,
  /** Entries in one event, count. */
  batch: 500,
  /** What waits for one page that has no credit or is slow to read, bytes of JSON. */
  waiting: 4 * 1024 * 1024,
  /** One entry, bytes of JSON; what is larger is left out, and this is said. */
  entry: 1024 * 1024,
  /** Longest wait before entries that came one by one leave together, ms. */
  gather: 20,
  /** Time between two signs of life on a stream, ms. */
  heartbeat: 5_000,
  /** Time a request may take to arrive, ms. */
  request: 10_000,
  /** One message of an app that speaks Stately's protocol, bytes. */
  message: 2 * 1024 * 1024,
  /** Pictures of charts that are kept, count. */
  pictures: 200,
  /** Time the layout of one chart may take, ms; then the page shows the outline. */
  layout: 10_000,
  /** Actors and correlations in an interest, count each. */
  interest: 200,
  /** An address, id or pattern in a request, characters. */
  text: 1_024,
  /** Rows in one answer, count. */
  rows: 1_000,
  /** Different codes of refusals that are counted, count; further ones are counted together. */
  codes: 50,
} as const;
