import { Signal } from '@lumino/signaling';
import type { ISince } from '../api/since';
import { greet } from './arrival';

class Told {
  since: ISince | null = null;
  readonly stateChanged = new Signal<this, void>(this);

  tell(since: string | null, news: number): void {
    this.since = { since, news } as ISince;
    this.stateChanged.emit();
  }
}

const THEN = '2026-11-23T12:00:00Z';

function come(): { told: Told; page: EventTarget; shown: () => number } {
  const told = new Told();
  const page = new EventTarget();
  let count = 0;
  greet(told, page, () => {
    count += 1;
  });
  return { told, page, shown: () => count };
}

describe('greet', () => {
  it('shows what is new once', () => {
    const { told, shown } = come();
    told.stateChanged.emit();
    expect(shown()).toBe(0);
    told.tell(THEN, 2);
    told.tell(THEN, 3);
    expect(shown()).toBe(1);
  });

  it('shows nothing where nothing is new, then or later', () => {
    const { told, shown } = come();
    told.tell(THEN, 0);
    told.tell(THEN, 1);
    expect(shown()).toBe(0);
  });

  it('shows nothing on a first visit', () => {
    const { told, shown } = come();
    told.tell(null, 1);
    expect(shown()).toBe(0);
  });

  it.each(['keydown', 'pointerdown'])('stays away after a %s', type => {
    const { told, page, shown } = come();
    page.dispatchEvent(new Event(type));
    told.tell(THEN, 2);
    expect(shown()).toBe(0);
  });
});
