import type { TranslationBundle } from '@jupyterlab/translation';
import { go } from './go';

/** The film itself, a small version of it, or its sound alone. */
export type Version = '' | 'small' | 'audio';

const KEPT = 'courseware:version';

/**
 * Which version of a video plays, as the person chose last on this machine. Another one goes on at the same second;
 * captions and what was watched stay those of the film.
 */
export class Versions {
  readonly node = document.createElement('label');
  private readonly select = document.createElement('select');
  private readonly sources = new Map<string, string>();

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly note: () => void,
    private readonly trans: TranslationBundle
  ) {
    this.node.hidden = true;
    this.node.append(trans.__('Play'), ' ', this.select);
    this.offer('', video.getAttribute('src') ?? '');
    this.select.addEventListener('change', () => {
      keep(this.select.value);
      this.load(this.select.value);
    });
  }

  /** Offer one more version; it plays at once if the person wants that kind. */
  offer(version: Version, source: string): void {
    const words: Record<Version, string> = {
      '': this.trans.__('Video'),
      small: this.trans.__('Small video'),
      audio: this.trans.__('Audio only')
    };
    this.sources.set(version, source);
    this.select.append(new Option(words[version], version));
    this.node.hidden = this.sources.size < 2;
    if (version && version === kept()) {
      this.select.value = version;
      this.load(version);
    }
  }

  private load(version: string): void {
    const { video } = this;
    const { currentTime, paused, playbackRate } = video;
    this.note();
    video.src = this.sources.get(version) ?? '';
    const ready = (): void => {
      video.playbackRate = playbackRate;
      if (currentTime > 0) {
        go(video, currentTime);
      }
      if (!paused) {
        void video.play();
      }
    };
    video.addEventListener('loadedmetadata', ready, { once: true });
  }
}

function kept(): string {
  try {
    return window.localStorage.getItem(KEPT) ?? '';
  } catch {
    return '';
  }
}

function keep(version: string): void {
  try {
    window.localStorage.setItem(KEPT, version);
  } catch {
    // It holds for this film then.
  }
}
