//! The browser client as one script, one style sheet and a page that names them, so that it is there
//! after two rounds, however far away the server is. The files stay what they are: each module becomes a
//! function that is called once, in the order of their imports.
//!
//! Text in, text out. It takes the forms of `import` and `export` that `web/` uses, and refuses every
//! other: a release is not built then, and a test fails before that. A module that is loaded only when it is
//! needed (`import("./x.js")`) stays a file of its own. Lines that are only a comment are left out: they are a third of what
//! would be sent. This file knows no other, since the build script takes it too.

use std::collections::HashMap;
use std::fmt::Write as _;

/// Gives the text of a file by its path below `web/`.
pub(crate) type Read<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What starts all.
pub(crate) const ENTRY: &str = "main.js";

/// All modules that one needs, and itself at the end.
pub(crate) fn script(entry: &str, read: Read<'_>) -> Result<String, String> {
    let mut made = Script { read, order: HashMap::new(), text: String::new() };
    made.add(entry)?;
    Ok(made.text)
}

/// The style sheets of a page, in its order.
pub(crate) fn styles(page: &str, read: Read<'_>) -> Result<String, String> {
    let mut all = String::new();
    for name in page.lines().filter_map(|line| attribute(line, STYLE)) {
        let text = read(name).ok_or_else(|| format!("{name} is not there"))?;
        if let Some(form) =
            ["@import", "@charset", "url("].iter().find(|form| text.contains(**form))
        {
            return Err(format!("{name} holds {form}, which means another thing in a bundle"));
        }
        all.push_str(&text);
    }
    if all.is_empty() { Err("the page has no style sheet".to_owned()) } else { Ok(all) }
}

/// The page, with the bundle in the place of its files, and the build it belongs to.
pub(crate) fn page(page: &str, script: &str, style: &str, build: &str) -> Result<String, String> {
    let mut made = String::new();
    let (mut scripts, mut styles) = (0, 0);
    for line in page.lines() {
        if attribute(line, STYLE).is_some() {
            styles += 1;
            if styles == 1 {
                let _ = writeln!(made, "{STYLE}{style}\">");
            }
        } else if let Some(name) = attribute(line, SCRIPT) {
            scripts += 1;
            if name != ENTRY {
                return Err(format!("the page runs {name}, and not only {ENTRY}"));
            }
            let _ = writeln!(made, "<meta name=\"build\" content=\"{build}\">");
            let _ = writeln!(made, "{SCRIPT}{script}\"></script>");
        } else if line.contains("<script") || line.contains("stylesheet") {
            return Err(format!("the page holds another form: {}", line.trim()));
        } else {
            made.push_str(line);
            made.push('\n');
        }
    }
    if (scripts, styles > 0) == (1, true) {
        Ok(made)
    } else {
        Err("the page has not one script and its styles".to_owned())
    }
}

const STYLE: &str = "<link rel=\"stylesheet\" href=\"";
const SCRIPT: &str = "<script type=\"module\" src=\"";

/// What stands in the one attribute of a line that holds nothing else.
fn attribute<'a>(line: &'a str, element: &str) -> Option<&'a str> {
    let (value, rest) = line.trim().strip_prefix(element)?.split_once('"')?;
    matches!(rest, ">" | "></script>").then_some(value)
}

struct Script<'a> {
    read: Read<'a>,
    /// The number of each module, or none while those that it needs are added.
    order: HashMap<String, Option<usize>>,
    text: String,
}

impl Script<'_> {
    /// Adds a module behind those that it needs; its number.
    fn add(&mut self, name: &str) -> Result<usize, String> {
        match self.order.get(name) {
            Some(Some(number)) => return Ok(*number),
            Some(None) => return Err(format!("{name} needs itself")),
            None => self.order.insert(name.to_owned(), None),
        };
        let text = (self.read)(name).ok_or_else(|| format!("{name} is not there"))?;
        let (mut body, mut exports) = (String::new(), Vec::new());
        let mut is_within = false;
        for (at, line) in text.lines().enumerate() {
            let fault = |what: &str| format!("{name}, line {}: {what}: {line}", at + 1);
            if is_comment(line, &mut is_within).map_err(fault)? {
                continue;
            }
            if line.starts_with("import") {
                let (names, from) =
                    imported(line).ok_or_else(|| fault("a form of import that is not known"))?;
                let number =
                    self.add(&resolved(name, from).ok_or_else(|| fault("no path of a module"))?)?;
                let _ = writeln!(body, "const {{ {} }} = ${number};", names.replace(" as ", ": "));
            } else if let Some(declared) = line.strip_prefix("export") {
                if loads(&code_of(&self.without_later(name, line))) {
                    return Err(fault(NOT_IN_A_BUNDLE));
                }
                exports.push(
                    exported(declared)
                        .ok_or_else(|| fault("a form of export that is not known"))?,
                );
                let _ = writeln!(body, "{}", declared.trim_start());
            } else if let Some(form) = unknown_form(&self.without_later(name, line)) {
                return Err(fault(form));
            } else {
                let _ = writeln!(body, "{line}");
            }
        }
        let number = self.order.values().flatten().count();
        let _ = write!(
            self.text,
            "const ${number} = (() => {{\n{body}return {{ {} }};\n}})();\n",
            exports.join(", ")
        );
        self.order.insert(name.to_owned(), Some(number));
        Ok(number)
    }

    /// A line without the `import("./x.js")` of a module that is loaded later. The bundle stands where the page stands,
    /// so only a module beside the page may name one, and it has to need no other.
    fn without_later(&self, name: &str, line: &str) -> String {
        let later = || {
            let (before, rest) = line.split_once("import(\"./")?;
            let (path, behind) = rest.split_once("\")")?;
            let text = (self.read)(path)?;
            let is_whole = !text.lines().any(|line| line.starts_with("import"));
            (is_whole && !name.contains('/')).then(|| format!("{before}{behind}"))
        };
        later().unwrap_or_else(|| line.to_owned())
    }
}

/// `import { a, b as c } from "./x.js";`
fn imported(line: &str) -> Option<(&str, &str)> {
    let (names, rest) = line.strip_prefix("import { ")?.split_once(" } from \"")?;
    let is_known = |name: &str| match name.split_once(" as ") {
        Some((theirs, own)) => is_name(theirs) && is_name(own),
        None => is_name(name),
    };
    names.split(", ").all(is_known).then_some((names, rest.strip_suffix("\";")?))
}

/// The name in ` function x(`, ` function* x(`, ` async function x(`, ` class X ` or ` const x =`.
fn exported(declared: &str) -> Option<&str> {
    let kinds = [" function ", " function* ", " async function ", " class ", " const "];
    let rest = kinds.iter().find_map(|kind| declared.strip_prefix(kind))?;
    let name = rest.split(|c: char| !is_name_char(c)).next()?;
    is_name(name).then_some(name)
}

/// Whether a line is a comment, or a part of one of several lines, and no code. A text of several lines may hold none that
/// looks like it.
fn is_comment(line: &str, is_within: &mut bool) -> Result<bool, &'static str> {
    let trimmed = line.trim();
    if *is_within || trimmed.starts_with("/*") {
        return match trimmed.split_once("*/") {
            None => {
                *is_within = true;
                Ok(true)
            }
            Some((_, "")) => {
                *is_within = false;
                Ok(true)
            }
            Some(_) if *is_within => Err("code behind a comment of several lines"),
            Some(_) => Ok(false),
        };
    }
    Ok(trimmed.starts_with("//"))
}

/// What only a module of its own may hold. Comments may speak of anything.
fn unknown_form(line: &str) -> Option<&'static str> {
    let trimmed = line.trim_start();
    if trimmed.starts_with("//") || trimmed.starts_with('*') || trimmed.starts_with("/*") {
        return None;
    }
    let code = code_of(line);
    if loads(&code) {
        return Some(NOT_IN_A_BUNDLE);
    }
    if trimmed.starts_with("import ") || trimmed.starts_with("export ") {
        return Some("a form that does not begin its line");
    }
    let is_outermost = !line.starts_with([' ', '\t', '}']);
    (is_outermost && code.contains("await ")).then_some("a module that waits")
}

const NOT_IN_A_BUNDLE: &str = "a form that a bundle does not have";

fn loads(code: &str) -> bool {
    code.contains("import(") || code.contains("import.meta")
}

/// A line without the comments in it.
fn code_of(line: &str) -> String {
    let mut code = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("/*") {
        code.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, behind)| behind);
    }
    code.push_str(rest);
    code
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(is_name_char)
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// A path that a module names, from the root: `../state.js` in `view/log.js` is `state.js`.
fn resolved(module: &str, from: &str) -> Option<String> {
    let mut folders: Vec<_> = module.split('/').collect();
    folders.pop();
    let mut parts = from.split('/');
    match parts.next()? {
        "." => {}
        ".." => drop(folders.pop()?),
        _ => return None,
    }
    for part in parts {
        match part {
            "" | "." => return None,
            ".." => drop(folders.pop()?),
            part => folders.push(part),
        }
    }
    Some(folders.join("/"))
}

#[cfg(test)]
mod tests {
    use super::{ENTRY, page, script, styles};

    fn of(files: &[(&str, &str)]) -> Result<String, String> {
        let read =
            |name: &str| files.iter().find(|file| file.0 == name).map(|file| file.1.to_owned());
        script(ENTRY, &read)
    }

    #[test]
    fn a_module_comes_once_and_after_those_that_it_needs() {
        let made = of(&[
            (
                "main.js",
                "import { a, b as c } from \"./x.js\";\nimport { V } from \"./view/v.js\";\na(c, V);\n",
            ),
            ("x.js", "export function* a() {}\nexport const b = 1;\n"),
            (
                "view/v.js",
                "import { b } from \"../x.js\";\nexport class V {}\nexport async function w() { await b; }\n",
            ),
        ]);
        let wanted = "const $0 = (() => {\nfunction* a() {}\nconst b = 1;\nreturn { a, b };\n})();\n\
            const $1 = (() => {\nconst { b } = $0;\nclass V {}\nasync function w() { await b; }\nreturn { V, w };\n})();\n\
            const $2 = (() => {\nconst { a, b: c } = $0;\nconst { V } = $1;\na(c, V);\nreturn {  };\n})();\n";
        assert_eq!(made.unwrap(), wanted);
    }

    #[test]
    fn a_form_that_is_not_known_is_refused_with_its_place() {
        for form in [
            "import x from \"./x.js\";",
            "import * as x from \"./x.js\";",
            "import \"./x.js\";",
            "import { a } from './x.js';",
            "import { a } from \"x.js\";",
            "import { a } from \"./x.js\"",
            "import { a, } from \"./x.js\";",
            "import {",
            "  import { a } from \"./x.js\";",
            "export default a;",
            "export { a };",
            "export * from \"./x.js\";",
            "export let a = 1;",
            "export const { a } = b;",
            "  export const a = 1;",
            "const a = import(\"./none.js\");",
            "const a = import(\"./main.js\"), b = import(\"./x.js\");",
            "const a = import(\"./needs.js\");",
            "const a = import(b);",
            "import { a } from \"./view/v.js\";",
            "const a = import.meta.url;",
            "const a = await b;",
            "await b;",
            "/** of\n several */ const a = 1;",
            "import { a } from \"./main.js\";",
            "import { a } from \"./none.js\";",
            "import { a } from \"../x.js\";",
        ] {
            let made = of(&[
                ("main.js", &format!("// head\n{form}\n")),
                ("x.js", "export const a = 1;\n"),
                ("needs.js", "import { a } from \"./x.js\";\n"),
                ("view/v.js", "export const a = () => import(\"./x.js\");\n"),
            ]);
            assert!(made.is_err(), "{form}");
        }
        let fine = "const a = /** @type {import(\"./x.js\").A} */ (b);\n/** a */ const c = 1;\n";
        assert!(of(&[("main.js", fine)]).unwrap().contains(fine));
    }

    #[test]
    fn comments_are_left_out() {
        let source = "// head\n\n/** @type {import(\"./x.js\").A} */\nconst a = \"/*\"; // behind\n  /**\n   * of several\n   * lines */\n  // import(x)\nconst b = 1;\n";
        let wanted = "const $0 = (() => {\n\nconst a = \"/*\"; // behind\nconst b = 1;\nreturn {  };\n})();\n";
        assert_eq!(of(&[("main.js", source)]).unwrap(), wanted);
    }

    #[test]
    fn a_module_that_is_loaded_later_is_no_part_of_the_bundle() {
        let made = of(&[
            ("main.js", "const later = () => import(\"./core/x.js\");\n"),
            ("core/x.js", "export const a = 1;\n"),
        ]);
        let wanted = "const $0 = (() => {\nconst later = () => import(\"./core/x.js\");\nreturn {  };\n})();\n";
        assert_eq!(made.unwrap(), wanted);
    }

    #[test]
    fn a_page_names_the_bundle_in_the_place_of_its_files() {
        let source = "<head>\n  <link rel=\"stylesheet\" href=\"a.css\">\n  <link rel=\"stylesheet\" href=\"b.css\">\n  \
            <script type=\"module\" src=\"main.js\"></script>\n</head>\n";
        let read = |name: &str| Some(format!("/* {name} */\n"));
        assert_eq!(styles(source, &read).unwrap(), "/* a.css */\n/* b.css */\n");
        let wanted = "<head>\n<link rel=\"stylesheet\" href=\"s.css\">\n<meta name=\"build\" content=\"1f\">\n\
            <script type=\"module\" src=\"s.js\"></script>\n</head>\n";
        assert_eq!(page(source, "s.js", "s.css", "1f").unwrap(), wanted);
        for bad in [
            "<p>",
            "<script src=\"main.js\"></script>",
            "<script type=\"module\" src=\"other.js\"></script>",
            "<link href=\"a.css\" rel=\"stylesheet\">",
        ] {
            assert!(
                page(&source.replace("</head>", bad), "s.js", "s.css", "1f").is_err()
                    || bad == "<p>",
                "{bad}"
            );
            assert!(page(bad, "s.js", "s.css", "1f").is_err(), "{bad}");
        }
        for bad in ["@import \"x\";", "a { background: url(x.png) }"] {
            assert!(styles(source, &|_: &str| Some(bad.to_owned())).is_err(), "{bad}");
        }
    }
}
