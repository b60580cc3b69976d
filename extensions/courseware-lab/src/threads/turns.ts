/**
 * Work that is done piece by piece, in the order in which it was asked for, with a breath in between: what
 * comes first is on the screen before the last of it is made.
 */
export class Turns {
  private last: Promise<void> = Promise.resolve();
  private since = 0;

  constructor(
    private readonly slice: number,
    private readonly clock: () => number,
    private readonly breath: () => Promise<void>
  ) {}

  /** Do something when its turn comes; what fails holds nobody up. */
  take(does: () => Promise<void>): Promise<void> {
    const turn = this.last.then(async () => {
      if (this.clock() - this.since > this.slice) {
        await this.breath();
        this.since = this.clock();
      }
      await does();
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
