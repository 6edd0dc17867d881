//! How a cluster is, as text for people and as JSON for programs.
//!
//! This file does not know what is well.

use std::fmt::Write as _;

use super::json::{list, quoted};
use crate::cluster::report::{NodeReport, Report, ServerReport};

/// Lines for a terminal: under each that is not as it should be, what to do.
pub(super) fn text(report: &Report, cluster: &str) -> String {
    let mut text = format!("stream NEBULA_{cluster}");
    // Writing into a string cannot fail.
    let _ = match &report.stream.state {
        Some(it) => writeln!(
            text,
            ": records {} to {}, kept for {} s, copies: {}",
            it.first_seq,
            it.last_seq,
            it.keep.as_secs(),
            it.replicas
        ),
        None => writeln!(text),
    };
    what_to_do(&mut text, &report.stream.problems);
    for server in &report.stream.servers {
        let _ = writeln!(text, "  {:<20} {}", server.name, server_state(server));
        what_to_do(&mut text, &server.problems);
    }
    let _ = writeln!(
        text,
        "{:<22} {:<9} {:>10} {:<12} {:>7} {:<10} address",
        "node", "standing", "record", "hash", "people", "version"
    );
    for node in &report.nodes {
        let _ = match &node.status {
            Some(it) => writeln!(
                text,
                "  {:<20} {:<9} {:>10} {:<12} {:>7} {:<10} {}",
                it.node,
                it.standing,
                it.seq,
                it.hash,
                it.people,
                it.version,
                it.address.as_deref().unwrap_or("-")
            ),
            None => writeln!(text, "  {:<20} silent", node.node),
        };
        what_to_do(&mut text, &node.problems);
    }
    text
}

fn what_to_do(text: &mut String, problems: &[String]) {
    for problem in problems {
        let _ = writeln!(text, "    -> {problem}");
    }
}

fn server_state(server: &ServerReport) -> String {
    let state = match server {
        ServerReport { is_leader: true, .. } => "leader",
        ServerReport { is_offline: true, .. } => "away",
        ServerReport { is_current: true, .. } => "current",
        _ => "behind",
    };
    if server.lag > 0 {
        format!("{state}, {} operations to catch up", server.lag)
    } else {
        state.to_owned()
    }
}

/// The same as one JSON object.
pub(super) fn json(report: &Report, cluster: &str) -> String {
    let servers = report.stream.servers.iter().map(server_json);
    let servers = list(servers);
    let state = report.stream.state.as_ref().map_or_else(
        || r#""first":null,"last":null,"replicas":null,"keep_seconds":null"#.to_owned(),
        |it| {
            let (first, last, replicas) = (it.first_seq, it.last_seq, it.replicas);
            let keep = it.keep.as_secs();
            format!(r#""first":{first},"last":{last},"replicas":{replicas},"keep_seconds":{keep}"#)
        },
    );
    let stream = format!(
        r#"{{"name":{},{state},"servers":{servers},"problems":{}}}"#,
        quoted(&format!("NEBULA_{cluster}")),
        texts(&report.stream.problems)
    );
    let nodes = list(report.nodes.iter().map(node_json));
    format!(r#"{{"ok":{},"stream":{stream},"nodes":{nodes}}}"#, report.is_well())
}

fn server_json(server: &ServerReport) -> String {
    let ServerReport { name, is_leader, is_current, is_offline, lag, problems } = server;
    format!(
        r#"{{"name":{},"leader":{is_leader},"current":{is_current},"offline":{is_offline},"lag":{lag},"problems":{}}}"#,
        quoted(name),
        texts(problems)
    )
}

fn node_json(node: &NodeReport) -> String {
    let problems = texts(&node.problems);
    let Some(it) = &node.status else {
        let name = quoted(&node.node);
        return format!(r#"{{"node":{name},"answers":false,"problems":{problems}}}"#);
    };
    let address = it.address.as_deref().map_or_else(|| "null".to_owned(), quoted);
    format!(
        r#"{{"node":{},"answers":true,"standing":{},"seq":{},"hash":{},"people":{},"version":{},"address":{address},"problems":{problems}}}"#,
        quoted(&it.node),
        quoted(&it.standing),
        it.seq,
        quoted(&it.hash),
        it.people,
        quoted(&it.version)
    )
}

fn texts(all: &[String]) -> String {
    list(all.iter().map(|text| quoted(text)))
}
