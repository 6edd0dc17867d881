//! Slack's markup, as ours: links and mentions in angle brackets, entities, and signs that stand once.
//!
//! Each part of a text is looked at a few times at most, whatever it holds. This file does not know where a text stands.

/// Signs around words, and ours for the same.
const SIGNS: [(char, &str); 3] = [('*', "**"), ('_', "*"), ('~', "~~")];

/// A text with markup.
pub(super) fn translated(text: &str) -> String {
    outside_code(text, |part| {
        let (rest, aside) = set_aside(part);
        put_back(&signs(&rest), aside)
    })
}

/// A text without, in which only entities and angle brackets mean something.
pub(super) fn plain(text: &str) -> String {
    let (rest, aside) = set_aside(text);
    put_back(&rest, aside)
}

/// A link with words of its own, as far as the words and the address allow that.
pub(super) fn link(words: &str, url: &str) -> String {
    if words.trim().is_empty() || words == url {
        return url.to_owned();
    }
    if url.is_empty() {
        return words.to_owned();
    }
    let fits = !url.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')'))
        && !words.contains('\n')
        && is_balanced(words);
    if fits { format!("[{words}]({url})") } else { format!("{words} {url}") }
}

fn is_balanced(words: &str) -> bool {
    let depth = words.chars().try_fold(0_u32, |depth, c| match c {
        '[' => Some(depth + 1),
        ']' => depth.checked_sub(1),
        _ => Some(depth),
    });
    depth == Some(0)
}

/// Translates what is not in code; in code, entities alone.
fn outside_code(text: &str, translate: impl Fn(&str) -> String) -> String {
    let (mut told, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('`') {
        let fence = if rest[at..].starts_with("```") { "```" } else { "`" };
        let inside = at + fence.len();
        let Some(length) = rest[inside..].find(fence) else { break };
        let end = inside + length + fence.len();
        if fence == "`" && rest[inside..end].contains('\n') {
            told.push_str(&translate(&rest[..inside]));
            rest = &rest[inside..];
            continue;
        }
        told.push_str(&translate(&rest[..at]));
        told.push_str(&code(&rest[at..end], fence));
        rest = &rest[end..];
    }
    told.push_str(&translate(rest));
    told
}

/// Ours begins on a line of its own.
fn code(block: &str, fence: &str) -> String {
    let text = entities(block);
    if fence == "`" {
        return text;
    }
    let inside = text.trim_start_matches(fence).trim_end_matches(fence);
    format!("{fence}\n{}\n{fence}", inside.trim_matches('\n'))
}

/// Stands for what was set aside; no text that people read has it.
const ASIDE: char = '\0';

/// Sets aside what stands in angle brackets, translated, and addresses, in which no sign means anything; decodes
/// entities around them.
fn set_aside(text: &str) -> (String, Vec<String>) {
    let text = text.replace(ASIDE, "");
    let (mut told, mut aside, mut rest) = (String::new(), Vec::new(), text.as_str());
    while let Some(at) = next(rest) {
        told.push_str(&entities(&rest[..at]));
        rest = &rest[at..];
        let end = match rest.strip_prefix('<') {
            // None stands within another.
            Some(inside) => match inside.split(['>', '\n', '<']).next() {
                Some(inside) if rest[1 + inside.len()..].starts_with('>') => {
                    aside.push(bracketed(inside));
                    inside.len() + 2
                }
                _ => {
                    aside.push("<".to_owned());
                    1
                }
            },
            None => {
                let end = rest.find(|c: char| c.is_whitespace() || c == '<').unwrap_or(rest.len());
                // It may be within signs.
                let url = rest[..end].trim_end_matches(['*', '_', '~']);
                aside.push(entities(url));
                url.len()
            }
        };
        told.push(ASIDE);
        rest = &rest[end..];
    }
    told.push_str(&entities(rest));
    (told, aside)
}

fn put_back(text: &str, aside: Vec<String>) -> String {
    let (mut aside, mut told) = (aside.into_iter(), String::new());
    for (nth, part) in text.split(ASIDE).enumerate() {
        if nth > 0 {
            told.push_str(&aside.next().unwrap_or_default());
        }
        told.push_str(part);
    }
    told
}

/// Where the next begins.
fn next(text: &str) -> Option<usize> {
    let begins = |at: usize| {
        let rest = &text[at..];
        rest.starts_with('<') || rest.starts_with("http://") || rest.starts_with("https://")
    };
    text.match_indices(['<', 'h']).map(|(at, _)| at).find(|at| begins(*at))
}

fn bracketed(inside: &str) -> String {
    let (what, words) = match inside.split_once('|') {
        Some((what, words)) => (what, Some(entities(words))),
        None => (inside, None),
    };
    let mut chars = what.chars();
    match chars.next() {
        Some('!') => special(chars.as_str(), words),
        Some('@') => with_sign('@', words.as_deref().unwrap_or(chars.as_str())),
        Some('#') => with_sign('#', words.as_deref().unwrap_or(chars.as_str())),
        _ if is_address(what) => {
            let url = entities(what);
            let shown = url.strip_prefix("mailto:").unwrap_or(&url).to_owned();
            match words {
                Some(words) if words == shown => shown,
                Some(words) => link(&words, &url),
                None => shown,
            }
        }
        _ => format!("<{}>", entities(inside)),
    }
}

/// Everybody, a group, or a date with the words for who cannot tell it.
fn special(what: &str, words: Option<String>) -> String {
    match what.split('^').next() {
        Some("here") => "@here".to_owned(),
        Some("channel" | "everyone" | "all") => "@all".to_owned(),
        _ => words.unwrap_or_else(|| format!("<!{what}>")),
    }
}

fn with_sign(sign: char, name: &str) -> String {
    format!("{sign}{}", name.trim_start_matches(sign))
}

fn is_address(what: &str) -> bool {
    let Some((scheme, rest)) = what.split_once(':') else { return false };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    !rest.is_empty()
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(fits)
}

/// Signs that stand for themselves.
pub(crate) fn entities(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn signs(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(signs_of_line).collect();
    lines.join("\n")
}

/// A pair of signs stands around words: nothing of a word is outside of it, and no space inside of it.
fn signs_of_line(line: &str) -> String {
    let (mut told, mut rest, mut before) = (String::new(), line, None);
    // Those that nothing closes any more on this line.
    let mut barren = Vec::new();
    while let Some(c) = rest.chars().next() {
        let sign = SIGNS.iter().find(|(sign, _)| *sign == c && !barren.contains(&c));
        let opens = before.is_none_or(|before: char| !before.is_alphanumeric() && before != c);
        let pair = sign.filter(|_| opens && begins(rest, c)).and_then(|(_, ours)| {
            let pair = pair(rest, c);
            barren.extend(pair.is_none().then_some(c));
            Some((pair?, ours))
        });
        let Some((inside, ours)) = pair else {
            told.push(c);
            (before, rest) = (Some(c), &rest[c.len_utf8()..]);
            continue;
        };
        told.push_str(ours);
        told.push_str(&signs_of_line(inside));
        told.push_str(ours);
        (before, rest) = (Some(c), &rest[inside.len() + 2 * c.len_utf8()..]);
    }
    told
}

/// Whether something follows a sign at the beginning that it can stand around.
fn begins(text: &str, sign: char) -> bool {
    text.chars().nth(1).is_some_and(|first| !first.is_whitespace() && first != sign)
}

/// What stands between a sign at the beginning and the next one that closes it.
fn pair(text: &str, sign: char) -> Option<&str> {
    let inside = &text[sign.len_utf8()..];
    let closes = |at: usize| {
        let (before, after) = (&inside[..at], &inside[at + sign.len_utf8()..]);
        let is_word = |c: char| c.is_alphanumeric() || c == sign;
        !before.ends_with(char::is_whitespace) && !after.starts_with(is_word)
    };
    let (end, _) = inside.match_indices(sign).find(|(at, _)| closes(*at))?;
    Some(&inside[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_ours() {
        for (theirs, ours) in [
            ("*bold* _italic_ ~strike~", "**bold** *italic* ~~strike~~"),
            ("*bold and _italic_*, done", "**bold and *italic***, done"),
            ("2 * 3 * 4, a*b*c, snake_case_name", "2 * 3 * 4, a*b*c, snake_case_name"),
            ("**ours already**", "**ours already**"),
            ("* a\n* b", "* a\n* b"),
            ("<https://a.example/x|the page>", "[the page](https://a.example/x)"),
            ("<https://a.example/x>", "https://a.example/x"),
            ("<https://a.example/?a=1&amp;b=2|p>", "[p](https://a.example/?a=1&b=2)"),
            ("<https://a.example/x|[FIRING:1] Disk>", "[[FIRING:1] Disk](https://a.example/x)"),
            ("<https://a.example/x|half [open>", "half [open https://a.example/x"),
            ("<https://a.example/(x)|p>", "p https://a.example/(x)"),
            ("<mailto:a@b.example|a@b.example>", "a@b.example"),
            ("<!here> <!channel> <!everyone> <!here|here>", "@here @all @all @here"),
            ("<@ann> <@U024BE7LH|bob> <#C024BE7LR|general>", "@ann @bob #general"),
            ("<!date^1392734382^{date}|Feb 18>, <!subteam^S1|@ops>", "Feb 18, @ops"),
            ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
            ("a < b\nand c > d", "a < b\nand c > d"),
            ("*<https://a.example|x>*", "**[x](https://a.example)**"),
            ("<https://a.example/_x_|_y_> _z_", "[_y_](https://a.example/_x_) *z*"),
            ("https://a.example/_x/y *b*", "https://a.example/_x/y **b**"),
            ("*see https://a.example/x_y*", "**see https://a.example/x_y**"),
            ("`*x* &lt;` *y*", "`*x* <` **y**"),
            ("say ```*x* &amp;``` *y*", "say ```\n*x* &\n``` **y**"),
            ("a ` b *c*", "a ` b **c**"),
            ("*a _b *c* d", "**a _b *c** d"),
            ("a <b <https://a.example|c>", "a <b [c](https://a.example)"),
        ] {
            assert_eq!(translated(theirs), ours, "{theirs}");
        }
        assert_eq!(plain("*a* &amp; <!here>"), "*a* & @here");
    }

    /// Were each of them looked for in all that follows, this would take minutes.
    #[test]
    fn signs_that_mean_nothing_take_no_longer() {
        for sign in ["<", "*a ", "*_~a ", "`", "`\n", "``` ", "h", "http:/", "[", "<a|", "&"] {
            let text = sign.repeat(1 << 16);
            assert_eq!(translated(&text).replace('\n', "").len(), text.replace('\n', "").len());
        }
    }
}
