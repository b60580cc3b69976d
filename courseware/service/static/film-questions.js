// Questions in a video: it stops, asks, says whether the answer is right and why, and goes on. Nobody is graded by
// them. Each is asked once until it is answered; who jumps past one is not asked. Without scripts they are a list.
import { clock } from "./film-clock.js";
import { canGo } from "./film-go.js";

export class Questions {
  constructor(reel) {
    this.reel = reel;
    this.card = reel.panel.querySelector(".question");
    if (!this.card) {
      return;
    }
    this.questions = [...reel.panel.querySelectorAll(".asked > ol > li")].map((item) => ({ ...item.dataset, item }));
    this.done = new Set();
    this.before = 0;
    this.part = (name) => this.card.querySelector(name);
    const { video } = reel;
    video.addEventListener("timeupdate", () => this.look());
    video.addEventListener("seeking", () => (this.before = video.currentTime));
    video.addEventListener("play", () => this.close());
    this.part("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.judge();
    });
    for (const name of [".on", ".past"]) {
      this.part(name).addEventListener("click", () => this.go());
    }
    this.part(".again").addEventListener("click", () => this.go(Number(this.asked.at)));
  }

  look() {
    const { video } = this.reel;
    const [before, now] = [this.before, video.currentTime];
    if (video.paused || video.seeking) {
      return;
    }
    this.before = now;
    const due = this.questions.find(
      (each) => before < Number(each.start) && Number(each.start) <= now && !this.done.has(each),
    );
    if (due) {
      this.ask(due);
    }
  }

  async ask(question) {
    const { video } = this.reel;
    video.pause();
    if (canGo(video, Number(question.start))) {
      video.currentTime = Number(question.start);
    }
    this.asked = question;
    // A question behind a film that fills the screen would not be seen.
    for (const [shown, leave] of [
      [document.fullscreenElement, () => document.exitFullscreen()],
      [document.pictureInPictureElement, () => document.exitPictureInPicture()],
    ]) {
      if (shown === video) {
        await leave().catch(() => null);
      }
    }
    this.fill(question);
    this.card.hidden = false;
    this.card.focus();
    this.card.scrollIntoView({ block: "nearest" });
  }

  fill({ item }) {
    const fields = this.part("fieldset");
    this.part("legend").textContent = item.querySelector(".prompt").textContent;
    fields.disabled = false;
    fields.replaceChildren(this.part("legend"));
    [...item.querySelectorAll(":scope > ul > li")].forEach((choice, at) => {
      const label = document.createElement("label");
      const field = document.createElement("input");
      const words = document.createElement("span");
      label.className = "tick";
      Object.assign(field, { type: "radio", name: `${this.reel.video.id}-answer`, value: String(at), required: true });
      words.dir = "auto";
      words.textContent = choice.textContent;
      label.append(field, words);
      fields.append(label);
    });
    this.part(".verdict").replaceChildren();
    this.show({ answered: false });
  }

  show({ answered }) {
    this.part("button.primary:not(.on)").hidden = answered;
    this.part(".past").hidden = answered;
    this.part(".on").hidden = !answered;
    const again = this.part(".again");
    const { at } = this.asked;
    again.hidden = !answered || at === undefined || !canGo(this.reel.video, Number(at));
    again.textContent = again.dataset.says.replace("{time}", clock(Number(at ?? 0)));
  }

  judge() {
    const { item, answer } = this.asked;
    const chosen = this.part("input:checked");
    const verdict = this.part(".verdict");
    const right = chosen?.value === answer;
    const choice = item.querySelectorAll(":scope > ul > li")[Number(answer)].textContent;
    const why = item.querySelector(".explain")?.textContent ?? "";
    const word = right ? verdict.dataset.right : verdict.dataset.wrong.replace("{choice}", () => choice);
    verdict.classList.toggle("good", right);
    verdict.textContent = why ? `${word} ${why}` : word;
    this.part("fieldset").disabled = true;
    this.done.add(this.asked);
    this.show({ answered: true });
    this.part(".on").focus();
    this.card.scrollIntoView({ block: "nearest" });
  }

  // On with the film, from a second if one is given.
  go(second) {
    const { video } = this.reel;
    if (second === undefined || this.reel.reach(second)) {
      video.focus();
      void video.play();
    }
  }

  close() {
    this.card.hidden = true;
  }
}
