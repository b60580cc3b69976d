import type { TranslationBundle } from '@jupyterlab/translation';
import type { IWatched } from '../api/watched';
import { clock } from '../clock';
import { speak } from '../tongue';
import { Asking } from './asking';
import { go, STAYS } from './go';
import { questions } from './questions';
import type { IPlace, Queue } from './queue';
import type { ISidecars } from './sidecars';
import { goesOnAt, isUnderWay, ranges } from './spans';
import { folded, type ILine, type ITalk, Lines } from './transcript';
import { Versions } from './versions';

const EVERY = 5000;
const RATES = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const JUMPS: Record<string, number> = { j: -10, l: 10 };
const STEPS: Record<string, number> = { '<': -1, '>': 1 };

/** What belongs to a video, with addresses that the browser can load. */
export interface IBeside {
  sidecars: ISidecars;
  url: (name: string) => Promise<string>;
}

/**
 * A video of a rendered cell with what JupyterLab leaves out: captions, chapters, a transcript, speed and keys;
 * it goes on where the person left it, on whatever machine, and tells what was watched. No kernel takes part.
 */
export class Film {
  readonly node = document.createElement('section');
  private readonly seen = document.createElement('span');
  private readonly resumed = document.createElement('span');
  private readonly versions: Versions;
  private readonly asking: Asking;
  private readonly lists: Lines[] = [];
  private readonly transcripts: Lines[] = [];
  private talks: readonly ITalk[] = [];
  private last = 0;
  private noted = '';
  /** The second at which it goes on the next time; null until it is known where the person left it. */
  private kept: number | null = null;

  constructor(
    readonly video: HTMLVideoElement,
    /** Where the video is in the course; null while that is not known, and for a video of no lesson. */
    private readonly place: () => IPlace | null,
    private readonly queue: Queue,
    private readonly trans: TranslationBundle
  ) {
    const name = video.title || trans.__('Video');
    video.controls = true;
    video.classList.add('cw-Video');
    video.setAttribute('aria-label', name);
    this.node.className = 'cw-Film';
    speak(this.node, trans);
    this.node.setAttribute('aria-label', `${trans.__('Video')}: ${name}`);
    // Keys and double clicks here are for the video, not for the notebook around it.
    for (const own of [video, this.node]) {
      own.dataset.lmSuppressShortcuts = 'true';
      own.addEventListener('keydown', this.pressed);
      own.addEventListener('dblclick', event => event.stopPropagation());
    }
    this.resumed.setAttribute('role', 'status');
    const row = document.createElement('p');
    this.versions = new Versions(video, this.note, trans);
    this.asking = new Asking(video, trans);
    row.append(this.seen, ' ', this.resumed, ' ');
    row.append(this.versions.node, ' ', this.speed());
    this.node.append(row, this.asking.node);
    (video.closest('p') ?? video).after(this.node);
    video.addEventListener('timeupdate', this.moved);
    const stays = (): void => {
      this.resumed.textContent = trans.__(
        'This video can only be played from its beginning here.'
      );
    };
    video.addEventListener(STAYS, stays, { once: true });
    for (const event of ['pause', 'ended', 'seeked']) {
      video.addEventListener(event, this.note);
    }
  }

  /** Tell what was watched so far, as before the page is left. */
  readonly note = (): void => {
    const place = this.place();
    const spans = ranges(this.video.played);
    const { duration } = this.video;
    const position = goesOnAt(this.video, this.kept);
    // Where it stood before is no news: meanwhile the person may have gone on elsewhere.
    const state = JSON.stringify([position, spans]);
    const isNews = spans.length > 0 && state !== this.noted;
    if (place && isNews && Number.isFinite(duration)) {
      this.noted = state;
      this.kept = position;
      this.last = Date.now();
      this.queue.put(place, { position, duration, spans });
    }
  };

  /** Give it captions, chapters, descriptions and a poster. */
  async adorn(beside: IBeside): Promise<void> {
    const { captions, chapters, descriptions, poster, audio, small } =
      beside.sidecars;
    if (poster) {
      this.video.poster = await beside.url(poster);
    }
    if (small) {
      this.versions.offer('small', await beside.url(small));
    }
    if (audio) {
      this.versions.offer('audio', await beside.url(audio));
    }
    const asked = beside.sidecars.questions;
    if (asked) {
      const url = await beside.url(asked);
      this.asking.put(questions(await this.cues('metadata', '', url)));
    }
    const described = descriptions
      ? await this.lines('descriptions', '', await beside.url(descriptions))
      : [];
    if (chapters) {
      const url = await beside.url(chapters);
      const lines = await this.lines('chapters', '', url);
      this.list(this.trans.__('Chapters'), lines, '', null);
    }
    for (const { code, name } of captions) {
      const said = await this.lines('captions', code, await beside.url(name));
      const lines = [
        ...said,
        ...described.map(line => ({ ...line, described: true }))
      ].sort((a, b) => a.start - b.start);
      const title = this.trans.__('Transcript');
      const called = captions.length > 1 ? `${title}: ${code}` : title;
      this.list(called, lines, code, this.trans);
    }
    this.moved();
  }

  /** Mark in the transcript what is talked about. */
  talked(talks: readonly ITalk[]): void {
    this.talks = talks;
    this.transcripts.forEach(lines => lines.mark(talks));
  }

  /** Say how much of it is watched. */
  show(known: IWatched): void {
    const percent = Math.floor(known.coverage * 100);
    this.seen.textContent = percent
      ? this.trans.__('Watched: %1 %', percent)
      : '';
  }

  /** Whether it is settled where it goes on. */
  get begun(): boolean {
    return this.kept !== null;
  }

  /** Go on where the person left it, unless it is under way already. */
  resume(position: number): void {
    if (this.begun) {
      return;
    }
    this.kept = position;
    const begin = (): void => {
      const isPlace = position >= 1 && position <= this.video.duration - 2;
      if (!isPlace || isUnderWay(this.video)) {
        return;
      }
      if (go(this.video, position)) {
        this.resumed.textContent = this.trans.__(
          'Goes on at %1',
          clock(position)
        );
      }
    };
    if (this.video.readyState > 0) {
      begin();
    } else {
      this.video.addEventListener('loadedmetadata', begin, { once: true });
    }
  }

  private list(
    title: string,
    lines: ILine[],
    language: string,
    search: TranslationBundle | null
  ): void {
    const jump = (seconds: number): void => {
      if (go(this.video, seconds + 0.001)) {
        void this.video.play();
      }
    };
    const made = new Lines(lines, { jump }, language);
    this.lists.push(made);
    if (search) {
      this.transcripts.push(made);
      made.mark(this.talks);
    }
    this.node.append(folded(title, made, search));
  }

  /** Add a track and give its lines. */
  private async lines(
    kind: string,
    code: string,
    src: string
  ): Promise<ILine[]> {
    const cues = await this.cues(kind, code, src);
    return cues.map(cue => ({
      start: cue.startTime,
      end: cue.endTime,
      text: cue.getCueAsHTML().textContent ?? ''
    }));
  }

  /** Add a track and give its cues once the browser has read them; none if it cannot. */
  private cues(kind: string, code: string, src: string): Promise<VTTCue[]> {
    const track = document.createElement('track');
    const first =
      kind === 'captions' && !this.video.querySelector('track[default]');
    track.kind = kind;
    track.srclang = code;
    track.label = code;
    track.default = first;
    return new Promise(resolve => {
      const done = (): void => {
        resolve([...(track.track.cues ?? [])] as VTTCue[]);
      };
      track.addEventListener('load', done, { once: true });
      track.addEventListener('error', done, { once: true });
      track.src = src;
      this.video.append(track);
      // A track that is off is not read at all.
      track.track.mode = first ? 'showing' : 'hidden';
    });
  }

  private speed(): HTMLElement {
    const label = document.createElement('label');
    const select = document.createElement('select');
    for (const rate of RATES) {
      const option = new Option(`${rate} ×`, String(rate));
      option.selected = rate === 1;
      select.append(option);
    }
    select.addEventListener('change', () => {
      this.video.playbackRate = Number(select.value);
    });
    this.video.addEventListener('ratechange', () => {
      select.value = String(this.video.playbackRate);
    });
    label.append(this.trans.__('Speed'), ' ', select);
    label.title = this.trans.__(
      'K plays and pauses, J and L go 10 seconds back and on, < and > change the speed.'
    );
    return label;
  }

  private readonly moved = (): void => {
    this.lists.forEach(list => list.follow(this.video.currentTime));
    if (!this.video.paused && Date.now() - this.last > EVERY) {
      this.note();
    }
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    // JupyterLab's plain keys act on cells also where the focus is within something that suppresses them.
    event.stopPropagation();
    const typing =
      event.target instanceof Element && event.target.matches('input, select');
    if (!typing && this.key(event.key)) {
      event.preventDefault();
    }
  };

  private key(key: string): boolean {
    const { video } = this;
    if (key === 'k') {
      if (video.paused) {
        void video.play();
      } else {
        video.pause();
      }
    } else if (key in JUMPS) {
      go(video, Math.max(0, video.currentTime + JUMPS[key]));
    } else if (key in STEPS) {
      const at = RATES.indexOf(video.playbackRate) + STEPS[key];
      video.playbackRate = RATES[Math.min(RATES.length - 1, Math.max(0, at))];
    } else {
      return false;
    }
    return true;
  }
}
