//! A small crate that is made up, and what its files need.

use super::super::graph::Graph;
use super::Crate;

const FILES: &[(&str, &str)] = &[
    (
        "c/src/lib.rs",
        "//! Words: crate::b::words()\npub mod a;\npub(crate) mod b;\n#[path = \"odd_name.rs\"]\nmod c;\n\
        #[cfg(test)]\n#[allow(unused)]\nmod tests;\nmod d { pub fn f() { crate::b::x(); } }\nmod made;\npub use b::Thing;\n\
        #[cfg(test)]\nuse a::A;\n#[cfg(test)]\nfn g() { a::f() }\nmod e;\nmod f;\n",
    ),
    (
        "c/src/a.rs",
        "use std::{fs, time::Instant as Now};\nuse crate::b::{self, deep::*, Thing as T};\npub struct A;\n\
        pub fn f() { b::x(); let _ = vec![super::c::Y::new()]; fs::read(\"crate::e::f\"); Everywhere; }\n\
        #[cfg(test)]\nmod tests { use crate::e::E; }\n",
    ),
    ("c/src/b/mod.rs", "mod deep;\npub(crate) use deep::Thing;\npub fn x() {}\n"),
    (
        "c/src/b/deep.rs",
        "use super::super::e as other;\npub struct Thing;\nfn f() -> other::E { super::x() }\n",
    ),
    (
        "c/src/odd_name.rs",
        "pub struct Y;\nimpl Y { pub fn new() { use crate::Thing; tokio::spawn(Thing); } }\n",
    ),
    ("c/src/tests.rs", "use crate::b::x;\n"),
    ("c/src/e.rs", "pub use crate::b::Thing as Same;\npub struct E(pub Same);\n"),
    ("c/src/f.rs", "use crate::e;\npub use crate::a::A;\nfn f(e: u8) { e; }\n"),
];

fn made() -> Crate {
    let read = |name: &str| FILES.iter().find(|file| file.0 == name).map(|file| file.1.to_owned());
    Crate::read("c/src/lib.rs", ["tokio".to_owned()], &read)
}

#[test]
fn an_arrow_leads_to_the_file_where_a_thing_is_defined() {
    let mut graph = Graph::default();
    made().draw(&mut graph);
    let arrows = [
        ("a.rs", "b/deep.rs"),
        ("a.rs", "b/mod.rs"),
        ("a.rs", "odd_name.rs"),
        ("b/deep.rs", "b/mod.rs"),
        ("b/deep.rs", "e.rs"),
        ("e.rs", "b/deep.rs"),
        ("lib.rs", "b/mod.rs"),
        ("odd_name.rs", "b/deep.rs"),
    ];
    let found: Vec<_> = graph.arrows().map(|(from, to)| (&from[6..], &to[6..])).collect();
    assert_eq!(found, arrows);
    let files: Vec<_> = graph.files().map(|file| &file[6..]).collect();
    assert_eq!(files, ["a.rs", "b/deep.rs", "b/mod.rs", "e.rs", "f.rs", "lib.rs", "odd_name.rs"]);
    assert_eq!(graph.circles(), [["c/src/b/deep.rs", "c/src/e.rs"]]);
}

#[test]
fn what_is_used_of_others_is_told_with_its_whole_path() {
    let used: Vec<_> = made().used().into_iter().collect();
    let used: Vec<_> = used.iter().map(|(file, path)| (&file[6..], path.as_str())).collect();
    let wanted = [
        ("a.rs", "std::fs"),
        ("a.rs", "std::fs::read"),
        ("a.rs", "std::time::Instant"),
        ("odd_name.rs", "tokio::spawn"),
    ];
    assert_eq!(used, wanted);
}
