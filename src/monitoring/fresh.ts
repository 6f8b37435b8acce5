/** Of so many actors, an answer about all of them is worked out each time that somebody asks, count; of more, it stays true for a while, ms. */
const MANY = 2_000;
const WHILE = 250;

/** Answers about all actors of a node: whoever asks for one again and again must not keep the node from its work. */
export class Fresh<T> {
  readonly #now: () => number;
  readonly #actors: () => number;
  #kept: { readonly question: string; readonly at: number; readonly answer: T } | undefined;

  constructor(now: () => number, actors: () => number) {
    this.#now = now;
    this.#actors = actors;
  }

  /** What `work` gives, or gave to the one who asked the same just now. */
  answer(question: string, work: () => T): T {
    const at = this.#now();
    if (this.#kept?.question === question && at - this.#kept.at < WHILE) return this.#kept.answer;
    const answer = work();
    this.#kept = this.#actors() > MANY ? { question, at, answer } : undefined;
    return answer;
  }
}
