import { Turns } from './turns';

describe('Turns', () => {
  it('does one thing after the other, and breathes when a slice is used up', async () => {
    const said: string[] = [];
    let now = 100;
    const turns = new Turns(
      10,
      () => now,
      async () => {
        said.push('breath');
      }
    );
    const piece = (name: string, takes: number) => async () => {
      said.push(name);
      now += takes;
    };
    await Promise.all([
      turns.take(piece('a', 6)),
      turns.take(piece('b', 6)),
      turns.take(piece('c', 1))
    ]);
    expect(said).toEqual(['breath', 'a', 'b', 'breath', 'c']);
  });

  it('goes on after something failed, and says so to who asked', async () => {
    const turns = new Turns(
      10,
      () => 0,
      async () => undefined
    );
    const bad = turns.take(() => Promise.reject(new Error('no')));
    const good = turns.take(async () => undefined);
    await expect(bad).rejects.toThrow('no');
    await expect(good).resolves.toBeUndefined();
  });
});
