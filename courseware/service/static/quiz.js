// Answers to questions without loading the page anew: the form goes where it would go, and of the page that comes
// back only the question is taken. Its verdict stands in an alert, so it is read out. Without scripts the form works.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const box = form.closest(".quiz");
  if (!box) {
    return;
  }
  event.preventDefault();
  const button = form.querySelector("button");
  if (button.disabled) {
    return;
  }
  button.disabled = true;
  const fresh = await sent(form, box.id).catch(() => null);
  if (!fresh) {
    // What is in the way is told by the page itself.
    form.submit();
    return;
  }
  box.replaceWith(fresh);
  const focus = fresh.querySelector(".problem + form input:not([type=hidden]), form button");
  (focus ?? fresh.querySelector("[role=alert]"))?.focus();
});

async function sent(form, id) {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.getElementById(id);
}
