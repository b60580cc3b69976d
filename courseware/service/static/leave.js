// Asks before a page is left on which something was typed, or came back refused, and is not sent. What is sent, or given
// up by the form's own link, is not asked about.
const forms = [...document.querySelectorAll("form[method=post]")];
const cameBack = document.querySelector("[role=alert]") !== null;
let going = false;

function differs(field) {
  if (field.type === "checkbox" || field.type === "radio") {
    return field.checked !== field.defaultChecked;
  }
  if (field.tagName === "SELECT") {
    return [...field.options].some((option) => option.selected !== option.defaultSelected);
  }
  return ["INPUT", "TEXTAREA"].includes(field.tagName) && field.value !== field.defaultValue;
}

const typed = () => forms.some((form) => [...form.elements].some(differs));

document.addEventListener("submit", () => (going = true));
document.addEventListener("input", () => (going = false));
document.addEventListener("click", ({ target }) => (going = target.closest?.("form a") ? true : going));
window.addEventListener("pageshow", () => (going = false));
window.addEventListener("beforeunload", (event) => {
  if (!going && (cameBack || typed())) {
    event.preventDefault();
    event.returnValue = true; // what browsers of before 2024 look at
  }
});
