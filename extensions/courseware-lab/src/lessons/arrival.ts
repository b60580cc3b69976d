import type { ISince } from '../api/since';

/** What is known of a visit, and when more is known. */
interface ITold {
  readonly since: ISince | null;
  readonly stateChanged: {
    connect(slot: () => void): boolean;
    disconnect(slot: () => void): boolean;
  };
}

/**
 * Show what is new to somebody who comes back, once per load. Who typed or clicked before it was known has begun with
 * something else, and is left there.
 */
export function greet(told: ITold, page: EventTarget, show: () => void): void {
  const begun = (): void => end();
  const known = (): void => {
    if (told.since) {
      end();
      if (told.since.since && told.since.news > 0) {
        show();
      }
    }
  };
  const end = (): void => {
    told.stateChanged.disconnect(known);
    page.removeEventListener('keydown', begun, true);
    page.removeEventListener('pointerdown', begun, true);
  };
  page.addEventListener('keydown', begun, true);
  page.addEventListener('pointerdown', begun, true);
  told.stateChanged.connect(known);
}
