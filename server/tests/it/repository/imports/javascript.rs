//! What the modules of the page import, and which names from outside they use.

use std::collections::{BTreeMap, BTreeSet};

/// A module: the paths that it imports, and all names that stand in its code but behind a dot.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) imports: BTreeSet<String>,
    pub(super) names: BTreeSet<String>,
}

/// Modules by their paths.
pub(super) fn modules<'a>(
    files: impl Iterator<Item = (&'a str, &'a str)>,
) -> BTreeMap<String, Module> {
    let module = |(path, text): (&str, &str)| {
        let imports = text.lines().filter_map(imported).filter_map(|from| resolved(path, from));
        (path.to_owned(), Module { imports: imports.collect(), names: names(text) })
    };
    files.map(module).collect()
}

/// The one form of an import: the bundler refuses every other.
fn imported(line: &str) -> Option<&str> {
    line.strip_prefix("import ")?.split_once(" from \"")?.1.strip_suffix("\";")
}

/// A path that a module names, from the root.
fn resolved(module: &str, from: &str) -> Option<String> {
    let mut folders: Vec<_> = module.split('/').collect();
    folders.pop();
    for part in from.split('/') {
        match part {
            "." => {}
            ".." => drop(folders.pop()?),
            part => folders.push(part),
        }
    }
    Some(folders.join("/"))
}

/// The names in a text that is code: not in a comment, a string or a regular expression.
fn names(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut code = Code { chars: text.chars().collect(), at: 0, braces: Vec::new(), last: '\n' };
    while let Some(name) = code.next_name() {
        found.insert(name);
    }
    found
}

struct Code {
    chars: Vec<char>,
    at: usize,
    /// For each brace that is open, whether a template goes on behind it.
    braces: Vec<bool>,
    /// The last character of the code that is no space.
    last: char,
}

impl Code {
    fn next_name(&mut self) -> Option<String> {
        loop {
            let c = *self.chars.get(self.at)?;
            let is_member = self.last == '.';
            match c {
                '/' if self.is_next('/') => self.skip_until("\n"),
                '/' if self.is_next('*') => self.skip_until("*/"),
                '/' if "(,=:[!&|?{};\n>".contains(self.last) => self.skip_pattern(),
                '"' | '\'' => self.skip_string(c),
                '`' => self.skip_template(),
                '}' if self.braces.pop() == Some(true) => self.skip_template(),
                c if is_name_char(c) => {
                    let name: String =
                        self.chars[self.at..].iter().take_while(|c| is_name_char(**c)).collect();
                    self.at += name.chars().count();
                    // A word before a pattern, not a value before a division.
                    self.last = if ["return", "case"].contains(&name.as_str()) { '(' } else { c };
                    if !is_member && !c.is_ascii_digit() {
                        return Some(name);
                    }
                }
                c => {
                    if c == '{' {
                        self.braces.push(false);
                    }
                    // What is spread is no member.
                    let is_spread = self.chars[self.at..].starts_with(&['.', '.', '.']);
                    if !c.is_whitespace() {
                        self.last = if is_spread { ',' } else { c };
                    }
                    self.at += if is_spread { 3 } else { 1 };
                }
            }
        }
    }

    fn is_next(&self, c: char) -> bool {
        self.chars.get(self.at + 1) == Some(&c)
    }

    fn skip_until(&mut self, end: &str) {
        let end: Vec<_> = end.chars().collect();
        self.at += 2;
        while self.at < self.chars.len() && !self.chars[self.at..].starts_with(&end) {
            self.at += 1;
        }
        self.at += end.len();
    }

    fn skip_string(&mut self, quote: char) {
        self.at += 1;
        while self.chars.get(self.at).is_some_and(|c| *c != quote) {
            self.at += if self.chars[self.at] == '\\' { 2 } else { 1 };
        }
        self.at += 1;
        self.last = quote;
    }

    fn skip_pattern(&mut self) {
        let mut is_class = false;
        self.at += 1;
        while let Some(c) = self.chars.get(self.at) {
            match c {
                '\\' => self.at += 1,
                '[' => is_class = true,
                ']' => is_class = false,
                '/' if !is_class => break,
                _ => {}
            }
            self.at += 1;
        }
        self.at += 1;
        self.last = '"';
        while self.chars.get(self.at).is_some_and(char::is_ascii_alphabetic) {
            self.at += 1;
        }
    }

    /// Up to its end, or to where code stands in it.
    fn skip_template(&mut self) {
        self.at += 1;
        loop {
            match self.chars.get(self.at) {
                Some('\\') => self.at += 2,
                Some('$') if self.is_next('{') => {
                    self.at += 2;
                    self.braces.push(true);
                    self.last = '{';
                    return;
                }
                Some('`') | None => {
                    self.at += 1;
                    self.last = '`';
                    return;
                }
                Some(_) => self.at += 1,
            }
        }
    }
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::{modules, names};

    #[test]
    fn imports_are_found_from_the_root() {
        let files = [(
            "web/view/log/a.js",
            "// x\nimport { b } from \"../b.js\";\nimport { c, d } from \"./c.js\";\n",
        )];
        let found = modules(files.into_iter());
        let imports = &found["web/view/log/a.js"].imports;
        assert_eq!(imports.iter().collect::<Vec<_>>(), ["web/view/b.js", "web/view/log/c.js"]);
    }

    #[test]
    fn names_are_those_of_the_code() {
        let text = r#"// document
            /* window */ const a = "document", b = 'it\'s' + `x ${c.window + `${d}`} document`;
            if (/["'`/]document/u.test(e) && f / g / h) return /window/g;
            i({ ...j, ["k"]: k }.document);"#;
        let found = names(text);
        let wanted =
            ["a", "b", "c", "const", "d", "e", "f", "g", "h", "i", "if", "j", "k", "return"];
        assert_eq!(found.iter().collect::<Vec<_>>(), wanted);
    }
}
