// The elements of the page, and making new ones: as text, never as markup. And the one question that it
// asks.

/** @param {string} id
 * @returns {HTMLElement} */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {string} id */
export const button = (id) => /** @type {HTMLButtonElement} */ (byId(id));
/** @param {string} id */
export const input = (id) => /** @type {HTMLInputElement} */ (byId(id));
/** @param {string} id */
export const dialog = (id) => /** @type {HTMLDialogElement} */ (byId(id));

/** @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} classes
 * @param {(string | Node)[]} children
 * @returns {HTMLElementTagNameMap[T]} */
export function element(tag, classes, ...children) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  made.append(...children);
  return made;
}

/** Only if it is another: a text that is set again may be read out again.
 * @param {Element} at
 * @param {string} text */
export function setText(at, text) {
  if (at.textContent !== text) at.textContent = text;
}

/** @param {Element} at
 * @param {string} name
 * @param {string | null} value */
export function setAttribute(at, name, value) {
  if (value === null) at.removeAttribute(name);
  else if (at.getAttribute(name) !== value) at.setAttribute(name, value);
}

/** A question with two answers.
 * @param {string} question
 * @param {string} yes the word on the button that agrees
 * @returns {Promise<boolean>} */
export function ask(question, yes) {
  const box = dialog("ask");
  setText(byId("ask-question"), question);
  setText(byId("ask-yes"), yes);
  box.returnValue = "";
  box.showModal();
  byId("ask-yes").focus();
  return new Promise((resolve) => {
    box.addEventListener("close", () => resolve(box.returnValue === "yes"), { once: true });
  });
}
