// Discussions about a moment of a video: a link to ask at this second, times that lead to theirs, and marks in the
// transcript. Without scripts the times are text.
import { clock } from "./film-clock.js";

export class Talk {
  constructor(reel) {
    const cell = reel.panel.closest(".cell");
    const beside = cell?.nextElementSibling;
    // A moment is one of the cell's first video.
    if (!beside?.matches(".beside") || cell.querySelector(".reel") !== reel.panel) {
      return;
    }
    this.reel = reel;
    this.ask(beside.querySelector("a.at"));
    for (const tag of beside.querySelectorAll(".moment[data-second]")) {
      this.lead(tag);
    }
    for (const item of beside.querySelectorAll(".marks > li")) {
      this.mark(Number(item.dataset.second), item.firstElementChild);
    }
  }

  ask(link) {
    const base = link.getAttribute("href");
    const told = () => {
      const second = Math.floor(this.reel.video.currentTime);
      link.hidden = second < 1;
      if (!link.hidden && link.dataset.second !== String(second)) {
        link.dataset.second = second;
        link.href = `${base}${second}#write`;
        link.textContent = link.dataset.says.replace("{time}", clock(second));
      }
    };
    this.reel.video.addEventListener("timeupdate", told);
    told();
  }

  lead(tag) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = tag.className;
    button.textContent = tag.textContent;
    button.addEventListener("click", () => this.reel.go(Number(tag.dataset.second)));
    tag.replaceWith(button);
  }

  // The line that begins in this second or before it: the moment is a whole one.
  mark(second, link) {
    for (const list of this.reel.panel.querySelectorAll(".transcript .lines")) {
      const begun = [...list.children].filter((item) => Number(item.dataset.start) < second + 1);
      (begun.at(-1) ?? list.firstElementChild)?.append(link.cloneNode(true));
    }
  }
}
