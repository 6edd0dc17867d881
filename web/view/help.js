// The help: made from the tables of keys and commands.

import { COMMANDS } from "../core/commands/commands.js";
import { KEYS, LOCAL_KEYS, STYLE_KEYS } from "../core/commands/keys.js";
import { byId, dialog, element } from "./page.js";

export function showHelp() {
  const words = byId("help-words");
  if (words.children.length === 0) words.append(keys(), commands());
  dialog("help").showModal();
}

function keys() {
  const known = [...STYLE_KEYS, ...KEYS].filter(([, , what]) => what !== "").map(([, written, what]) => [written, what]);
  const rows = [...LOCAL_KEYS, ...known].flatMap(([written = "", what = ""]) => {
    const names = written.replaceAll("Arrow", "").split(/(\+|, )/).map((part) => (/^(\+|, )$/.test(part) ? part : element("kbd", "", part)));
    return [element("dt", "", ...names), element("dd", "", what)];
  });
  return element("section", "", element("h3", "", "Keys"), element("dl", "", ...rows));
}

function commands() {
  const rows = COMMANDS.flatMap(([name, , rest, what]) => [
    element("dt", "", element("code", "", `/${name}`), rest ? ` ${rest}` : ""), element("dd", "", what),
  ]);
  const slash = [element("dt", "", element("code", "", "//")), element("dd", "", "send a message that begins with a slash")];
  return element("section", "", element("h3", "", "Commands"), element("dl", "", ...rows, ...slash));
}
