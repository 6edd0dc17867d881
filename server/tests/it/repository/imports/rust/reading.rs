//! The tokens of the files of a crate, read into modules: what each declares, brings in and names.
//!
//! Code for tests alone is left out.

use std::str::FromStr as _;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

use super::{Module, Path};

/// What a name of the crate's own stands behind.
const ITEMS: &[&str] =
    &["struct", "enum", "union", "trait", "fn", "const", "static", "type", "macro_rules"];

/// The modules that are read so far; `read` gives the text of a file, if it is there.
pub(super) struct Reader<'a> {
    modules: Vec<Module>,
    read: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Reader<'a> {
    /// All that a crate has, the one that it begins with first.
    pub(super) fn all(root: &str, read: &'a dyn Fn(&str) -> Option<String>) -> Vec<Module> {
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
        let text = read(root).unwrap_or_else(|| panic!("{root} is not there"));
        let module = Module { file: root.into(), folder: folder.into(), ..Module::default() };
        let mut reader = Reader { modules: vec![module], read };
        reader.read_items(0, &tokens(root, &text));
        reader.modules
    }

    fn read_items(&mut self, module: usize, items: &[TokenTree]) {
        let (mut at, mut path) = (0, None);
        while let Some(token) = items.get(at) {
            at += 1;
            match (token, items.get(at), items.get(at + 1)) {
                (TokenTree::Punct(mark), Some(TokenTree::Group(attribute)), _)
                    if mark.as_char() == '#' =>
                {
                    let words: String = attribute.stream().to_string().split_whitespace().collect();
                    path = words
                        .strip_prefix("path=\"")
                        .map(|rest| rest.trim_end_matches('"').to_owned())
                        .or(path);
                    at = if words == "cfg(test)" { after_item(items, at + 1) } else { at + 1 };
                }
                (TokenTree::Ident(word), Some(TokenTree::Ident(name)), Some(body))
                    if word == "mod" =>
                {
                    let name = plain(&name.to_string());
                    at += 2;
                    self.read_module(module, name, path.take().as_deref(), body);
                }
                (TokenTree::Ident(word), _, _) if word == "use" => {
                    let is_passed_on = is_public(&items[..at - 1]);
                    at = self.read_use(module, items, at, is_passed_on);
                }
                (TokenTree::Ident(word), Some(TokenTree::Ident(name)), _)
                    if ITEMS.contains(&word.to_string().as_str()) =>
                {
                    self.modules[module].items.insert(plain(&name.to_string()));
                }
                (
                    TokenTree::Ident(word),
                    Some(TokenTree::Punct(_)),
                    Some(TokenTree::Ident(name)),
                ) if word == "macro_rules" => {
                    self.modules[module].items.insert(plain(&name.to_string()));
                }
                _ => at = self.read_code(module, items, at - 1),
            }
        }
    }

    fn read_module(&mut self, parent: usize, name: String, path: Option<&str>, body: &TokenTree) {
        let (own, number) = (&self.modules[parent], self.modules.len());
        let folder = format!("{}/{name}", own.folder);
        let (file, items) = match body {
            TokenTree::Group(body) => (own.file.clone(), body.stream().into_iter().collect()),
            _ => {
                let beside = |path: &str| {
                    format!("{}/{path}", own.file.rsplit_once('/').map_or("", |(folder, _)| folder))
                };
                let places = [format!("{folder}.rs"), format!("{folder}/mod.rs")];
                let places = path.map(beside).into_iter().chain(places);
                let mut texts = places.filter_map(|place| Some(((self.read)(&place)?, place)));
                // Of another system, or made while it is built.
                let Some((text, file)) = texts.next() else { return };
                let items = tokens(&file, &text);
                (file, items)
            }
        };
        self.modules[parent].children.insert(name, number);
        self.modules.push(Module { file, folder, parent: Some(parent), ..Module::default() });
        self.read_items(number, &items);
    }

    /// Reads a `use`, and says where it ends.
    fn read_use(
        &mut self,
        module: usize,
        items: &[TokenTree],
        start: usize,
        is_passed_on: bool,
    ) -> usize {
        let is_end =
            |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ';');
        let end =
            items[start..].iter().position(is_end).map_or(items.len(), |length| start + length);
        let mut found = Vec::new();
        used(&[], &items[start..end], &mut found);
        let module = &mut self.modules[module];
        for (path, name) in found {
            match name.as_str() {
                "*" => module.globs.push(path),
                name => {
                    if is_passed_on {
                        module.passed_on.insert(name.to_owned());
                    }
                    module.bound.insert(name.to_owned(), path);
                }
            }
        }
        end + 1
    }

    /// Reads what is no declaration: the paths in it, and those inside its brackets; where it ends.
    fn read_code(&mut self, module: usize, items: &[TokenTree], start: usize) -> usize {
        match &items[start] {
            TokenTree::Group(group) => {
                let inner: Vec<_> = group.stream().into_iter().collect();
                let mut at = 0;
                while at < inner.len() {
                    at = match &inner[at] {
                        TokenTree::Ident(word) if word == "use" => {
                            self.read_use(module, &inner, at + 1, false)
                        }
                        TokenTree::Punct(mark)
                            if mark.as_char() == '#' && is_for_tests(inner.get(at + 1)) =>
                        {
                            after_item(&inner, at + 2)
                        }
                        _ => self.read_code(module, &inner, at),
                    };
                }
                start + 1
            }
            TokenTree::Ident(first) => {
                let mut path = vec![plain(&first.to_string())];
                let mut at = start + 1;
                while let (true, Some(TokenTree::Ident(next))) =
                    (is_path(items, at), items.get(at + 2))
                {
                    path.push(plain(&next.to_string()));
                    at += 3;
                }
                let module = &mut self.modules[module];
                module.names.insert(path[0].clone());
                if path.len() > 1 {
                    module.paths.push(path);
                }
                at
            }
            _ => start + 1,
        }
    }
}

/// The names that a `use` brings in, each with its whole path; `*` for all of a path.
fn used(before: &[String], tree: &[TokenTree], found: &mut Vec<(Path, String)>) {
    let is_comma =
        |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',');
    for branch in tree.split(is_comma).filter(|branch| !branch.is_empty()) {
        let (mut path, mut name) = (before.to_vec(), None);
        let mut is_renamed = false;
        for token in branch {
            match token {
                TokenTree::Ident(word) if word == "as" => is_renamed = true,
                TokenTree::Ident(word) if is_renamed => name = Some(word.to_string()),
                TokenTree::Ident(word) => path.push(plain(&word.to_string())),
                TokenTree::Punct(mark) if mark.as_char() == '*' => name = Some("*".to_owned()),
                TokenTree::Group(group) => {
                    used(&path, &group.stream().into_iter().collect::<Vec<_>>(), found);
                    path.clear();
                }
                _ => {}
            }
        }
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        if let Some(last) = path.last().cloned() {
            found.push((path, name.unwrap_or(last)));
        }
    }
}

/// Behind the item that begins here.
fn after_item(items: &[TokenTree], start: usize) -> usize {
    let is_use = matches!(items.get(start), Some(TokenTree::Ident(word)) if word == "use");
    let is_end = |token: &TokenTree| match token {
        TokenTree::Punct(mark) => matches!(mark.as_char(), ';' | ','),
        TokenTree::Group(group) => !is_use && group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    let length = items[start..].iter().position(is_end).map_or(items.len() - start, |at| at + 1);
    start + length
}

fn is_for_tests(attribute: Option<&TokenTree>) -> bool {
    matches!(attribute, Some(TokenTree::Group(group)) if group.stream().to_string().split_whitespace().collect::<String>() == "cfg(test)")
}

/// Whether the last of these makes what follows public, to whomever.
fn is_public(before: &[TokenTree]) -> bool {
    let is_pub = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "pub");
    match before {
        [.., TokenTree::Group(scope)] if scope.delimiter() == Delimiter::Parenthesis => {
            before.iter().rev().nth(1).is_some_and(is_pub)
        }
        _ => before.last().is_some_and(is_pub),
    }
}

/// Whether two colons stand here.
fn is_path(items: &[TokenTree], at: usize) -> bool {
    match (items.get(at), items.get(at + 1)) {
        (Some(TokenTree::Punct(one)), Some(TokenTree::Punct(two))) => {
            one.as_char() == ':' && one.spacing() == Spacing::Joint && two.as_char() == ':'
        }
        _ => false,
    }
}

fn plain(name: &str) -> String {
    name.trim_start_matches("r#").to_owned()
}

fn tokens(file: &str, text: &str) -> Vec<TokenTree> {
    let tokens = TokenStream::from_str(text).unwrap_or_else(|e| panic!("{file}: {e}"));
    tokens.into_iter().collect()
}
