//! Words in their styles, and the spans that a part of them becomes.
//!
//! This file does not know where the words come from, or where their rows break.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::Span;
use unicode_segmentation::UnicodeSegmentation as _;

#[derive(Debug, Default)]
pub(super) struct Words {
    text: String,
    /// From which byte on which style is the one.
    styles: Vec<(usize, Style)>,
}

impl Words {
    pub(super) fn push(&mut self, text: &str, style: Style) {
        if text.is_empty() {
            return;
        }
        if self.styles.last().is_none_or(|(_, last)| *last != style) {
            self.styles.push((self.text.len(), style));
        }
        self.text.push_str(text);
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// A row that is a part of the text. A sign has one style, that of its first character.
    pub(super) fn row(&self, row: &str) -> Vec<Span<'static>> {
        let start = (row.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        self.part(start..start + row.len())
    }

    fn part(&self, part: Range<usize>) -> Vec<Span<'static>> {
        let mut spans: Vec<Span<'static>> = Vec::new();
        let text = self.text.get(part.clone()).unwrap_or_default();
        for (at, grapheme) in text.grapheme_indices(true) {
            let style = self.style_at(part.start + at);
            match spans.last_mut() {
                Some(last) if last.style == style => last.content.to_mut().push_str(grapheme),
                _ => spans.push(Span::styled(grapheme.to_owned(), style)),
            }
        }
        spans
    }

    fn style_at(&self, at: usize) -> Style {
        let behind = self.styles.partition_point(|(from, _)| *from <= at);
        behind.checked_sub(1).map(|last| self.styles[last].1).unwrap_or_default()
    }
}
