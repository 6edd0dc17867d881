//! GitHub's events, as people want to hear of them: what was pushed, what became of pull requests and issues, what
//! was commented and released, and how workflows ended.
//!
//! What people wrote there is formatted nearly as here, and stays as it is.

use serde_json::Value;

use super::mrkdwn::link;
use super::slack::payload;
use super::{BadPost, Posted};
use crate::envelope::Body;

/// Commits of a push that are named; the others are counted.
const COMMITS_MAX: usize = 10;
/// Characters of a commit's id that people read.
const SHA_CHARS: usize = 7;

/// Reads an event of the kind that its header names; none is one that nobody has to hear of.
///
/// # Errors
/// [`BadPost`] if it is no event.
pub fn github(kind: &str, body: &[u8]) -> Result<Option<Body>, BadPost> {
    let event = payload(body)?;
    let lines = match kind {
        "push" => push(&event),
        "pull_request" => pull_request(&event),
        "issues" => issue(&event),
        "issue_comment" => comment(&event),
        "release" => release(&event),
        "workflow_run" => workflow_run(&event),
        _ => return Ok(None),
    };
    let lines = lines.filter(|lines| !lines.is_empty());
    lines.map(|lines| Ok(Posted::new(&lines, None)?.text)).transpose()
}

fn push(event: &Value) -> Option<Vec<String>> {
    let name = event["ref"].as_str()?;
    let (what, name) = match name.strip_prefix("refs/tags/") {
        Some(tag) => ("tag", tag),
        None => ("branch", name.strip_prefix("refs/heads/").unwrap_or(name)),
    };
    let commits: &[Value] = event["commits"].as_array().map_or(&[], Vec::as_slice);
    if event["deleted"] == true {
        return Some(vec![told(event, &format!("deleted the {what} {name}"))]);
    }
    if commits.is_empty() {
        let made = event["created"] == true;
        return made.then(|| vec![told(event, &format!("made the {what} {name}"))]);
    }
    let count = match commits.len() {
        1 => "a commit".to_owned(),
        count => format!("{count} commits"),
    };
    let count = link(&count, event["compare"].as_str().unwrap_or_default());
    let how = if event["forced"] == true { "force-pushed" } else { "pushed" };
    let mut lines = vec![told(event, &format!("{how} {count} to {name}"))];
    lines.extend(commits.iter().take(COMMITS_MAX).map(commit));
    if commits.len() > COMMITS_MAX {
        lines.push(format!("and {} more", commits.len() - COMMITS_MAX));
    }
    Some(lines)
}

fn commit(commit: &Value) -> String {
    let id: String = text(commit, "id").chars().take(SHA_CHARS).collect();
    let id = link(&id, text(commit, "url"));
    let subject = text(commit, "message").lines().next().unwrap_or_default();
    format!("- {id} {subject} ({})", text(&commit["author"], "name"))
}

fn pull_request(event: &Value) -> Option<Vec<String>> {
    let request = &event["pull_request"];
    let did = match event["action"].as_str()? {
        "opened" => "opened",
        "closed" if request["merged"] == true => "merged",
        "closed" => "closed",
        "reopened" => "reopened",
        "ready_for_review" => "marked as ready for review",
        _ => return None,
    };
    Some(about(event, did, ("pull request", request)))
}

fn issue(event: &Value) -> Option<Vec<String>> {
    let did = match event["action"].as_str()? {
        did @ ("opened" | "closed" | "reopened") => did,
        _ => return None,
    };
    Some(about(event, did, ("issue", &event["issue"])))
}

/// What was done to a pull request or an issue; with its text, if it is new.
fn about(event: &Value, did: &str, (what, of): (&str, &Value)) -> Vec<String> {
    let called = link(&called(of), text(of, "html_url"));
    let mut lines = vec![told(event, &format!("{did} the {what} {called}"))];
    if did == "opened" {
        lines.extend(quoted(text(of, "body")));
    }
    lines
}

fn comment(event: &Value) -> Option<Vec<String>> {
    if event["action"] != "created" {
        return None;
    }
    let (issue, comment) = (&event["issue"], &event["comment"]);
    let called = link(&called(issue), text(comment, "html_url"));
    let mut lines = vec![told(event, &format!("commented on {called}"))];
    lines.extend(quoted(text(comment, "body")));
    Some(lines)
}

fn release(event: &Value) -> Option<Vec<String>> {
    if event["action"] != "published" {
        return None;
    }
    let release = &event["release"];
    let (tag, name) = (text(release, "tag_name"), text(release, "name"));
    let name =
        if name.is_empty() || name == tag { tag.to_owned() } else { format!("{tag}: {name}") };
    let called = link(&name, text(release, "html_url"));
    let mut lines = vec![told(event, &format!("released {called}"))];
    lines.extend(quoted(text(release, "body")));
    Some(lines)
}

fn workflow_run(event: &Value) -> Option<Vec<String>> {
    if event["action"] != "completed" {
        return None;
    }
    let run = &event["workflow_run"];
    let (title, number) = (text(run, "display_title"), &run["run_number"]);
    let called = link(&format!("{} #{number}", text(run, "name")), text(run, "html_url"));
    let ended = text(run, "conclusion").replace('_', " ");
    let (repository, branch) = (repository(event), text(run, "head_branch"));
    Some(vec![format!("{repository}{called} on {branch}: **{ended}** {title}")])
}

/// A sentence about who did something in which repository.
fn told(event: &Value, what: &str) -> String {
    let who = match text(&event["sender"], "login") {
        "" => text(&event["pusher"], "name"),
        login => login,
    };
    format!("{}{who} {what}", repository(event))
}

fn repository(event: &Value) -> String {
    match text(&event["repository"], "full_name") {
        "" => String::new(),
        name => format!("**{name}** "),
    }
}

fn called(of: &Value) -> String {
    format!("#{} {}", of["number"], text(of, "title"))
}

fn quoted(text: &str) -> impl Iterator<Item = String> {
    text.trim().lines().map(|line| format!("> {line}"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}
