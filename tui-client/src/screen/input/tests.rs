//! Typing, moving, cutting, undoing: what stands there, and the caret as a bar.

use super::*;

/// Shows the caret as a bar.
fn shown(input: &Input) -> String {
    let (before, after) = input.text().split_at(input.caret());
    format!("{before}|{after}")
}

#[test]
fn the_caret_moves_over_whole_graphemes() {
    let mut input = Input::default();
    input.insert("a👩‍👩‍👧e\u{301}");
    input.left();
    assert_eq!(shown(&input), "a👩‍👩‍👧|e\u{301}");
    input.backspace();
    assert_eq!(shown(&input), "a|e\u{301}");
    input.delete();
    assert_eq!(shown(&input), "a|");
    input.right();
    input.home();
    input.backspace();
    assert_eq!(shown(&input), "|a");
}

#[test]
fn what_was_cut_can_be_put_back() {
    let mut input = Input::default();
    input.insert("one two  ");
    input.kill_word();
    assert_eq!(shown(&input), "one |");
    input.yank();
    assert_eq!(shown(&input), "one two  |");
    input.kill_to_start();
    assert_eq!(shown(&input), "|");
    input.yank();
    input.home();
    input.kill_to_end();
    assert_eq!(input.take(), "");
    input.yank();
    assert_eq!(shown(&input), "one two  |");
}

#[test]
fn what_is_cut_together_is_put_back_together_and_older_cuts_are_kept() {
    let mut input = Input::default();
    input.insert("one two three four");
    input.kill_word();
    input.kill_word();
    input.left();
    input.kill_word();
    assert_eq!(shown(&input), "one | ");
    input.yank();
    assert_eq!(shown(&input), "one two| ");
    input.yank_older();
    assert_eq!(shown(&input), "one three four| ");
    input.yank_older();
    assert_eq!(shown(&input), "one two| ");
    input.undo();
    assert_eq!(shown(&input), "one | ");
    input.yank_older();
    assert_eq!(shown(&input), "one | ", "only right after C-y");
}

#[test]
fn words_are_moved_over_cut_and_swapped() {
    let mut input = Input::default();
    input.insert("one  zwei drei");
    input.word_left();
    input.word_left();
    assert_eq!(shown(&input), "one  |zwei drei");
    input.kill_next_word();
    assert_eq!(shown(&input), "one  | drei");
    input.word_right();
    input.transpose();
    assert_eq!(shown(&input), "one   drie|");
    input.home();
    input.transpose();
    assert_eq!(shown(&input), "|one   drie");
}

#[test]
fn rows_are_moved_over_in_their_columns() {
    let mut input = Input::default();
    input.insert("one two\nx\nthree");
    assert!(input.row_up(80));
    assert_eq!(shown(&input), "one two\nx|\nthree");
    assert!(input.row_up(80) && !input.row_up(80));
    assert_eq!(shown(&input), "o|ne two\nx\nthree");
    assert!(input.row_down(80) && input.row_down(80) && !input.row_down(80));
    assert_eq!(shown(&input), "one two\nx\nt|hree");
    // Rows that are broken for want of room are rows too.
    assert!(input.row_up(4) && input.row_up(4));
    assert_eq!(shown(&input), "one t|wo\nx\nthree");
    assert!(input.row_up(4) && !input.row_up(4));
    assert_eq!(shown(&input), "o|ne two\nx\nthree");
}

#[test]
fn changes_are_undone_word_by_word() {
    let mut input = Input::default();
    "one two".chars().for_each(|c| input.type_in(c));
    input.kill_to_start();
    input.undo();
    assert_eq!(shown(&input), "one two|");
    input.undo();
    assert_eq!(shown(&input), "one|");
    input.undo();
    assert_eq!(shown(&input), "|");
    input.undo();
    assert_eq!(shown(&input), "|");
}

#[test]
fn what_was_sent_can_be_called_back_and_what_was_written_meanwhile_too() {
    let mut input = Input::default();
    assert!(!input.older());
    for text in ["first", "second", "second"] {
        input.insert(text);
        input.send();
    }
    input.insert("draft");
    assert!(input.older());
    assert_eq!(input.text(), "second");
    assert!(input.older());
    assert!(!input.older());
    assert_eq!(input.text(), "first");
    input.newer();
    input.newer();
    assert_eq!(input.text(), "draft");
    input.newer();
    assert_eq!(input.text(), "draft");
}

#[test]
fn what_was_changed_in_something_sent_can_be_put_back() {
    let mut input = Input::default();
    input.remember("one".to_owned());
    input.remember("two".to_owned());
    input.insert("a draft");
    input.older();
    input.type_in('!');
    input.older();
    assert_eq!((shown(&input).as_str(), input.draft()), ("one|", "a draft"));
    input.newer();
    input.newer();
    assert_eq!(shown(&input), "a draft|");
    input.yank();
    assert_eq!(shown(&input), "a drafttwo!|");
}
