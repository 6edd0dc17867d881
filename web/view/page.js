// The elements of the page, and making new ones: as text, never as markup. And the one question that it
// asks.

export const SVG = "http://www.w3.org/2000/svg";

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

/** Where there is none, a focus to type in brings up a keyboard that covers half of the screen. */
export const hasMouse = () => matchMedia("(pointer: fine)").matches;

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

/** A button that is in no form.
 * @param {string} classes
 * @param {(string | Node)[]} children */
export function newButton(classes, ...children) {
  const made = element("button", classes, ...children);
  made.type = "button";
  return made;
}

/** A drawing of 20 by 20, for what has no words.
 * @param {string} path */
export function icon(path) {
  const [svg, line] = [document.createElementNS(SVG, "svg"), document.createElementNS(SVG, "path")];
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** Makes a list show these rows in this order. A row that stays is not touched, so it keeps the focus and its place.
 * @param {HTMLElement} list
 * @param {Map<string, HTMLLIElement>} rows that it shows now, by their keys
 * @param {{key: string, make: () => HTMLLIElement}[]} items */
export function arrange(list, rows, items) {
  const wanted = new Set(items.map(({ key }) => key));
  for (const [key, row] of rows) {
    if (wanted.has(key)) continue;
    row.remove();
    rows.delete(key);
  }
  let next = list.firstElementChild;
  for (const { key, make } of items) {
    const row = rows.get(key) ?? make();
    rows.set(key, row);
    if (row === next) next = next.nextElementSibling;
    else list.insertBefore(row, next);
  }
}

/** The same for a list that has the focus while a row goes with the button that was pressed: it stays in the list.
 * @param {HTMLElement} list
 * @param {Map<string, HTMLLIElement>} rows
 * @param {{key: string, make: () => HTMLLIElement}[]} items */
export function arrangeInFocus(list, rows, items) {
  const hadFocus = list.contains(document.activeElement);
  arrange(list, rows, items);
  if (hadFocus && !list.contains(document.activeElement)) list.focus();
}

/** Only if it differs: a screen reader may read a text again that is set again.
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

/** Puts a text on the clipboard; false where the browser does not allow it.
 * @param {string} text */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** A question with two answers.
 * @param {string} question
 * @param {string} yes the word on the button that agrees
 * @param {boolean} [isFinal] what is done then cannot be undone
 * @returns {Promise<boolean>} */
export function ask(question, yes, isFinal = false) {
  const box = dialog("ask");
  setText(byId("ask-question"), question);
  setText(byId("ask-yes"), yes);
  byId("ask-yes").classList.toggle("danger", isFinal);
  box.returnValue = "";
  box.showModal();
  byId("ask-yes").focus();
  return new Promise((resolve) => {
    box.addEventListener("close", () => resolve(box.returnValue === "yes"), { once: true });
  });
}
