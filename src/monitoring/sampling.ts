/** A number in [0, 1) of a text: the same on every node, so that all of them choose the same conversations. FNV-1a. */
export function shareOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  // The last characters of ids differ most, and FNV mixes them least.
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  hash = Math.imul(hash ^ (hash >>> 13), 0x45d9f3b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Least share, while anything is wanted. */
const LEAST = 2 ** -16;

/** So few are told, whatever it costs, lines a second: a first line has to draw charts and load code. */
const FEW = 50;

/** How much larger the share may become from one time to the next. */
const GROWTH = 4;

/**
 * Which share of the conversations is told of: halves and doubles, so that those that are chosen at a smaller share are also chosen at a
 * larger one, and conversations stay whole. A conversation that goes over several nodes is whole only at the least share of all of them: what
 * this node could tell (`own`) is one thing, what it does tell (`share`) is bounded by the others (`cap`).
 */
export class Sampling {
  #own: number;
  #share = 0;
  #cap = 1;
  #rate: number;
  /** At most so much, because telling costs too much. */
  #bound = 1;
  /** Lines chosen since the last adjustment, and how many may be until the share is halved. */
  #chosen = 0;
  #most: number;
  #told: number;

  /** @param rate lines a second that are wanted; 0: none. @param share to begin with */
  constructor(rate: number, share = 1) {
    this.#rate = rate;
    this.#most = rate / 2;
    this.#own = rate > 0 ? share : 0;
    this.#told = this.#settle();
  }

  /** Of conversations, told of now: 0 to 1. */
  get share(): number {
    return this.#share;
  }

  /** What this node would tell, if it were alone: 0 to 1. */
  get own(): number {
    return this.#own;
  }

  /** No more than another node can tell of. @returns whether the share is another now */
  cap(most: number): boolean {
    const before = this.#share;
    this.#cap = most;
    return this.#settle() !== before;
  }

  #settle(): number {
    return (this.#share = Math.min(this.#own, this.#cap));
  }

  /** Something else is wanted from now on. */
  want(rate: number): void {
    this.#rate = rate;
    this.#most = rate / 2;
    if (rate === 0) this.#own = 0;
    else if (this.#own === 0) this.#own = this.#bound;
    this.#settle();
  }

  /** One more is told. When suddenly there is much to tell, a second is too long to wait. */
  chosen(): void {
    this.#chosen += 1;
    if (this.#chosen < this.#most) return;
    this.#own = Math.max(LEAST, this.#share / 2);
    this.#settle();
    this.#most += Math.max(1, (this.#rate - this.#most) / 2);
  }

  /**
   * About once a second.
   * @param offered lines a second there would have been
   * @param cost share of the time that telling has taken
   * @param most of that
   * @returns whether the share is another than at the last time
   */
  adjust(offered: number, cost: number, most: number): boolean {
    if (cost > most && offered > FEW)
      this.#bound = Math.max(LEAST, Math.min(this.#bound, this.#share || 1) / 2);
    else if (cost < most / 4 || offered <= FEW) this.#bound = Math.min(1, this.#bound * GROWTH);
    this.#chosen = 0;
    this.#most = this.#rate / 2;
    if (this.#rate === 0) this.#own = 0;
    else this.#own = Math.min(this.#bound, shareFor(this.#rate, offered), (this.#own || 1) * GROWTH);
    const share = this.#settle();
    const isOther = share !== this.#told;
    this.#told = share;
    return isOther;
  }
}

/** Half of the rate is left for what comes in bursts. */
function shareFor(rate: number, offered: number): number {
  if (offered * 2 <= rate) return 1;
  return Math.max(LEAST, 2 ** Math.floor(Math.log2(rate / (offered * 2))));
}
