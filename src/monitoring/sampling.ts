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
 * larger one, and conversations stay whole.
 */
export class Sampling {
  /** 0 to 1 */
  share: number;
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
    this.share = this.#told = rate > 0 ? share : 0;
  }

  /** Something else is wanted from now on. */
  want(rate: number): void {
    this.#rate = rate;
    this.#most = rate / 2;
    if (rate === 0) this.share = 0;
    else if (this.share === 0) this.share = this.#bound;
  }

  /** One more is told. When suddenly there is much to tell, a second is too long to wait. */
  chosen(): void {
    this.#chosen += 1;
    if (this.#chosen < this.#most) return;
    this.share = Math.max(LEAST, this.share / 2);
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
      this.#bound = Math.max(LEAST, Math.min(this.#bound, this.share || 1) / 2);
    else if (cost < most / 4 || offered <= FEW) this.#bound = Math.min(1, this.#bound * GROWTH);
    this.#chosen = 0;
    this.#most = this.#rate / 2;
    if (this.#rate === 0) this.share = 0;
    else this.share = Math.min(this.#bound, shareFor(this.#rate, offered), (this.share || 1) * GROWTH);
    const isOther = this.share !== this.#told;
    this.#told = this.share;
    return isOther;
  }
}

/** Half of the rate is left for what comes in bursts. */
function shareFor(rate: number, offered: number): number {
  if (offered * 2 <= rate) return 1;
  return Math.max(LEAST, 2 ** Math.floor(Math.log2(rate / (offered * 2))));
}
