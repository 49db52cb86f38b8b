// How long to wait before somebody who did not answer is asked again: longer each time, up to half a minute.
const FIRST = 1000;
const LONGEST = 30_000;

export class Patience {
  #pause = 0;
  #until = 0;

  /** The next pause. */
  get milliseconds() {
    return this.#pause;
  }

  /** It answered. */
  reset() {
    this.#pause = 0;
    this.#until = 0;
  }

  /** It did not. */
  grow() {
    this.#pause = Math.min(Math.max(FIRST, this.#pause * 2), LONGEST);
    this.#until = performance.now() + this.#pause;
  }

  /** Nobody asks until it has answered or not. */
  hold() {
    this.#until = Infinity;
  }

  isOver() {
    return performance.now() >= this.#until;
  }

  isGrown() {
    return this.#pause > 0;
  }
}
