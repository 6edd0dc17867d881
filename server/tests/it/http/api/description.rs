//! The description of the API says what is served.

use std::collections::BTreeSet;

use protocol::API_ROUTES;
use serde_json::Value;

use crate::support::harness::{TestServer, get};

#[tokio::test]
async fn every_request_that_is_served_is_described_and_no_other() {
    let server = TestServer::start().await;
    let answer = get(server.address, "/api/v1/openapi.json").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.to_lowercase().contains("content-type: application/json"), "{head}");
    let description: Value = serde_json::from_str(body).unwrap();
    let mut described = BTreeSet::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|it| *it != "parameters") {
            described.insert((method.to_uppercase(), path.trim_start_matches('/').to_owned()));
        }
    }
    let served = API_ROUTES.iter().map(|route| (route.method.to_owned(), route.path.to_owned()));
    assert_eq!(described, served.collect());
    assert_eq!(description["servers"][0]["url"], "/api/v1");
    server.stop().await;
}
