// A question with two answers.

import { byId, dialog, setText } from "./page.js";

/** @param {string} question
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
