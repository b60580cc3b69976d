// Videos of a lesson: goes on where somebody left off, keeps what was watched (also while the network is away),
// and makes the lines of the transcript buttons. Without scripts the video plays and the transcript is text.
import { clock } from "./film-clock.js";
import { canGo } from "./film-go.js";
import { Questions } from "./film-questions.js";
import { Talk } from "./film-talk.js";

const PREFIX = "courseware:watched:";
const EVERY = 5000;
const MOST = 1000;
const GAP = 0.25;

function union(spans) {
  const found = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = found[found.length - 1];
    if (last && start <= last[1] + GAP) {
      last[1] = Math.max(last[1], end);
    } else {
      found.push([start, end]);
    }
  }
  return found;
}

function played(video) {
  return Array.from({ length: video.played.length }, (_, at) => [video.played.start(at), video.played.end(at)]);
}

// What was watched and is not with the course yet, in the browser's storage; a private window may have none.
const store = {
  get(name) {
    try {
      const told = JSON.parse(localStorage.getItem(name));
      return told && Array.isArray(told.spans) ? told : null;
    } catch {
      return null;
    }
  },
  put(name, told) {
    try {
      localStorage.setItem(name, JSON.stringify(told));
    } catch {
      // Nothing is kept then; what is sent at once still arrives.
    }
  },
  drop(name) {
    try {
      localStorage.removeItem(name);
    } catch {
      // As above.
    }
  },
};

// Which version of videos somebody wants on this machine.
const choice = {
  get() {
    try {
      return localStorage.getItem("courseware:version") ?? "";
    } catch {
      return "";
    }
  },
  put(name) {
    try {
      localStorage.setItem("courseware:version", name);
    } catch {
      // It holds for this film then.
    }
  },
};

class Reel {
  constructor(panel) {
    this.panel = panel;
    this.video = document.getElementById(panel.dataset.film);
    const { owner, address, path } = panel.dataset;
    this.name = `${PREFIX}${owner}:${address}:${path}`;
    this.kept = store.get(this.name)?.position ?? Number(panel.dataset.position);
    this.last = 0;
    this.sending = false;
    this.wait = EVERY;
    this.watch();
    this.tools();
    this.versions();
    this.resume();
    this.lists = [...panel.querySelectorAll(".lines")].map((list) => this.lines(list));
    new Talk(this);
    new Questions(this);
    this.follow();
    this.send();
  }

  // Go to a second; whether it could. Where it cannot, that is said once, and it stays where it is.
  reach(second) {
    const can = canGo(this.video, second);
    if (can) {
      this.video.currentTime = second;
    } else if (!this.stays) {
      this.stays = true;
      const told = this.panel.querySelector(".resumed");
      told.textContent = told.dataset.stays;
    }
    return can;
  }

  // Play from a second.
  go(second) {
    if (this.reach(second + 0.001)) {
      void this.video.play();
    }
  }

  watch() {
    const video = this.video;
    video.addEventListener("timeupdate", () => {
      this.follow();
      if (!video.paused && Date.now() - this.last > EVERY) {
        this.note();
      }
    });
    for (const event of ["pause", "ended", "seeked"]) {
      video.addEventListener(event, () => this.note());
    }
    document.addEventListener("visibilitychange", () => this.note());
    window.addEventListener("pagehide", () => this.note());
    window.addEventListener("online", () => this.send());
  }

  note() {
    const spans = played(this.video);
    const { currentTime, duration } = this.video;
    // One that could not go on begins again, which is no place to keep.
    const position = canGo(this.video, this.kept) ? currentTime : Math.max(this.kept, currentTime);
    // Where it stood before is no news: meanwhile the person may have gone on elsewhere.
    const state = JSON.stringify([position, spans]);
    if (!spans.length || !Number.isFinite(duration) || state === this.noted) {
      return;
    }
    this.noted = state;
    this.kept = position;
    this.last = Date.now();
    const known = store.get(this.name)?.spans ?? [];
    this.told = { position, duration, spans: union([...known, ...spans]).slice(-MOST), at: this.last };
    store.put(this.name, this.told);
    this.send();
  }

  async send() {
    const told = store.get(this.name) ?? this.told;
    if (!told || this.sending) {
      return;
    }
    this.sending = true;
    const again = await this.deliver(told).catch(() => true);
    this.sending = false;
    const newer = (store.get(this.name)?.at ?? told.at) !== told.at;
    if (!again && !newer) {
      store.drop(this.name);
      this.told = undefined;
    }
    this.wait = again ? Math.min(2 * this.wait, 300000) : EVERY;
    if (again || newer) {
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.send(), again ? this.wait : 0);
    }
  }

  // Whether it has to be sent again: the course did not answer, or is busy. What it refuses is refused for good.
  async deliver(told) {
    const { address, path, xsrf } = this.panel.dataset;
    if (!address) return false; // nobody watches a draft yet
    const { position, duration, spans, at } = told;
    const answer = await fetch(address, {
      method: "PUT",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-XSRFToken": xsrf },
      body: JSON.stringify({ path, position, duration, spans, age: Math.max(0, (Date.now() - at) / 1000) }),
    });
    if (answer.ok) {
      const seen = this.panel.querySelector(".seen");
      const percent = Math.floor((await answer.json()).coverage * 100);
      seen.textContent = seen.dataset.says.replace("{percent}", percent);
    }
    return answer.status >= 500 || [401, 403, 408, 429].includes(answer.status);
  }

  // Where a link to the page says (`?t=192#cell-x`), else where it was left.
  place() {
    const cell = this.panel.closest(".cell");
    const named = new URLSearchParams(location.search).get("t");
    if (named && cell?.id && location.hash === `#${cell.id}` && cell.querySelector(".reel") === this.panel) {
      return Number(named) || 0;
    }
    return this.kept;
  }

  resume() {
    const begin = () => {
      const position = this.place();
      if (position < 1 || position > this.video.duration - 2 || this.video.currentTime > 0) {
        return;
      }
      if (this.reach(position)) {
        const told = this.panel.querySelector(".resumed");
        told.textContent = told.dataset.says.replace("{time}", clock(position));
      }
    };
    if (this.video.readyState > 0) {
      begin();
    } else {
      this.video.addEventListener("loadedmetadata", begin, { once: true });
    }
  }

  // The film, a small version of it or its sound alone, as the person chose last on this machine.
  versions() {
    const label = this.panel.querySelector(".version");
    if (!label) {
      return;
    }
    const select = label.querySelector("select");
    select.options[0].dataset.src = this.video.getAttribute("src");
    label.hidden = false;
    select.addEventListener("change", () => {
      choice.put(select.value);
      this.load(select.selectedOptions[0].dataset.src);
    });
    const kept = [...select.options].find((option) => option.value === choice.get());
    if (kept?.value) {
      select.value = kept.value;
      this.load(kept.dataset.src);
    }
  }

  // Another version goes on at the same second; captions and what was watched stay those of the film.
  load(source) {
    const { video } = this;
    const { currentTime, paused, playbackRate } = video;
    this.note();
    video.src = source;
    video.addEventListener(
      "loadedmetadata",
      () => {
        video.playbackRate = playbackRate;
        if (currentTime > 0) {
          this.reach(currentTime);
        }
        if (!paused) {
          void video.play();
        }
      },
      { once: true },
    );
  }

  tools() {
    const label = this.panel.querySelector(".speed");
    const select = label.querySelector("select");
    label.hidden = false;
    this.panel.querySelector(".keys").hidden = false;
    select.addEventListener("change", () => {
      this.video.playbackRate = Number(select.value);
    });
    this.video.addEventListener("ratechange", () => {
      select.value = String(this.video.playbackRate);
    });
    const rates = [...select.options].map((option) => Number(option.value));
    const pressed = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) {
        return;
      }
      if (this.key(event.key, rates)) {
        event.preventDefault();
      }
    };
    this.panel.addEventListener("keydown", pressed);
    this.video.addEventListener("keydown", pressed);
  }

  key(key, rates) {
    const video = this.video;
    const step = { "<": -1, ">": 1 }[key];
    const jump = { j: -10, l: 10 }[key];
    if (key === "k") {
      void (video.paused ? video.play() : video.pause());
    } else if (jump) {
      this.reach(Math.max(0, video.currentTime + jump));
    } else if (step) {
      const at = rates.indexOf(video.playbackRate);
      video.playbackRate = rates[Math.min(rates.length - 1, Math.max(0, at + step))];
    } else {
      return false;
    }
    return true;
  }

  // The lines of a list as buttons, of which one is reached by Tab and the others by the arrow keys.
  lines(list) {
    const buttons = [...list.children].map((item, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...item.childNodes);
      button.tabIndex = at ? -1 : 0;
      item.append(button);
      button.addEventListener("click", () => this.go(Number(item.dataset.start)));
      button.addEventListener("focus", () => buttons.forEach((each) => (each.tabIndex = each === button ? 0 : -1)));
      return button;
    });
    list.addEventListener("keydown", (event) => {
      const shown = buttons.filter((button) => !button.parentElement.hidden);
      const at = shown.indexOf(document.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key];
      if (to !== undefined) {
        event.preventDefault();
        shown[Math.min(shown.length - 1, Math.max(0, to))]?.focus();
      }
    });
    const look = list.parentElement.querySelector(".look");
    if (look) {
      this.search(look, buttons);
    }
    return buttons;
  }

  search(look, buttons) {
    const field = look.querySelector("input");
    const told = look.querySelector("[role=status]");
    look.hidden = false;
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLocaleLowerCase();
      for (const button of buttons) {
        button.parentElement.hidden = !button.lastElementChild.textContent.toLocaleLowerCase().includes(wanted);
      }
      const found = buttons.filter((button) => !button.parentElement.hidden);
      if (found.length && !found.some((button) => button.tabIndex === 0)) {
        buttons.forEach((button) => (button.tabIndex = button === found[0] ? 0 : -1));
      }
      told.textContent = wanted ? told.dataset.says.replace("{number}", found.length) : "";
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === "ArrowDown") {
        event.preventDefault();
        buttons.find((button) => !button.parentElement.hidden)?.focus();
      }
    });
  }

  // Mark the line that is being said; it is kept in sight while nobody is among the lines.
  follow() {
    const now = this.video.currentTime;
    for (const buttons of this.lists ?? []) {
      for (const button of buttons) {
        const item = button.parentElement;
        const said = Number(item.dataset.start) <= now && now < Number(item.dataset.end);
        if (said === button.hasAttribute("aria-current")) {
          continue;
        }
        button.toggleAttribute("aria-current", said);
        if (said) {
          button.setAttribute("aria-current", "true");
          const list = item.parentElement;
          if (!list.contains(document.activeElement)) {
            list.scrollTop = item.offsetTop - list.offsetTop - list.clientHeight / 3;
          }
        }
      }
    }
  }
}

for (const panel of document.querySelectorAll(".reel")) {
  new Reel(panel);
}
