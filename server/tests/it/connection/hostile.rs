//! What should not come, and comes: the connection lives, or ends with the right code.

use futures_util::SinkExt as _;
use protocol::{Code, FRAME_BYTES_MAX};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::support::harness::{PATIENCE, TestServer, say};

/// Frames, and the code each is refused with.
const BAD_FRAMES: &[(&str, Code)] = &[
    ("", Code::BadJson),
    (" ", Code::BadJson),
    ("\0", Code::BadJson),
    ("null", Code::BadJson),
    ("true", Code::BadJson),
    ("1e999", Code::BadJson),
    ("\"message\"", Code::BadJson),
    ("[]", Code::BadJson),
    (r#"["message","dev","hi"]"#, Code::BadJson),
    (r#"[{"type":"leave","room":"dev"}]"#, Code::BadJson),
    ("{", Code::BadJson),
    ("{}{}", Code::BadJson),
    (r#"{"type":"leave","room":"dev"} x"#, Code::BadJson),
    (r#"{'type':'leave'}"#, Code::BadJson),
    (r#"{"type":"leave","room":"dev",}"#, Code::BadJson),
    (r#"{"type":"leave","room":"\ud800"}"#, Code::BadJson),
    (r#"{"type":NaN}"#, Code::BadJson),
    ("{}", Code::BadField),
    (r#"{"type":null}"#, Code::BadField),
    (r#"{"type":5}"#, Code::BadField),
    (r#"{"type":["message"]}"#, Code::BadField),
    (r#"{"type":"message"}"#, Code::BadField),
    (r#"{"type":"message","room":"dev"}"#, Code::BadField),
    (r#"{"type":"message","room":"dev","content":null}"#, Code::BadField),
    (r#"{"type":"message","room":"dev","content":{"a":1}}"#, Code::BadField),
    (r#"{"type":"message","room":5,"content":"x"}"#, Code::BadField),
    (r#"{"type":"message","room":"dev","room":"dev","content":"x"}"#, Code::BadField),
    (r#"{"type":"message","type":"leave","room":"dev"}"#, Code::BadField),
    (r#"{"type":"leave","room":"dev","x":1,"x":1}"#, Code::BadField),
    (r#"{"type":"message","room":"dev","content":"x","ref":7}"#, Code::BadField),
    (r#"{"type":"message","room":"dev","content":"x","ref":"\n"}"#, Code::BadField),
    (r#"{"type":"join","room":"a","since":"0"}"#, Code::BadField),
    (r#"{"type":"join","room":"a","since":18446744073709551616}"#, Code::BadField),
    (r#"{"type":"join","room":"a","history":-5}"#, Code::BadField),
    (r#"{"type":"history","room":"dev","limit":-1}"#, Code::BadField),
    (r#"{"type":"history","room":"dev","before":1.5}"#, Code::BadField),
    (r#"{"type":"presence","room":"dev","users":["Eve"]}"#, Code::UnknownType),
    (r#"{"type":"error","room":"dev","content":"x"}"#, Code::UnknownType),
    (r#"{"type":"MESSAGE","room":"dev","content":"x"}"#, Code::UnknownType),
    (r#"{"type":"","room":"dev"}"#, Code::UnknownType),
    (r#"{"type":"join","room":""}"#, Code::BadRoom),
    (r#"{"type":"join","room":" a"}"#, Code::BadRoom),
    (r#"{"type":"join","room":"a\u200bb"}"#, Code::BadRoom),
    (r#"{"type":"join","room":"\u202eevil"}"#, Code::BadRoom),
    (r#"{"type":"message","room":"dev","content":""}"#, Code::ContentBlank),
    (r#"{"type":"message","room":"dev","content":"\u200b\n "}"#, Code::ContentBlank),
    (r#"{"type":"message","room":"elsewhere","content":"x"}"#, Code::NotInRoom),
    (r#"{"type":"history","room":"elsewhere"}"#, Code::NotInRoom),
    (r#"{"type":"leave","room":"elsewhere"}"#, Code::NotInRoom),
];

#[tokio::test]
async fn every_bad_frame_is_told_to_its_sender_alone_and_the_connection_lives() {
    assert!(BAD_FRAMES.len() >= 40);
    let server = TestServer::start().await;
    let mut eve = server.enter("dev", "Eve").await;
    let mut bob = server.enter("dev", "Bob").await;
    eve.presence().await;
    for (frame, code) in BAD_FRAMES {
        eve.send(*frame).await;
        assert_eq!(eve.error().await.code, *code, "{frame}");
        // A good frame between them, so that they are not in a row.
        eve.send(r#"{"type":"history","room":"dev","limit":1}"#).await;
        eve.history().await;
    }
    bob.silence().await;
}

#[tokio::test]
async fn deep_nesting_and_many_fields_are_refused() {
    let server = TestServer::start().await;
    let mut eve = server.enter("dev", "Eve").await;
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    eve.send(format!(r#"{{"type":"leave","room":{}}}"#, nested(500))).await;
    assert_eq!(eve.error().await.code, Code::BadField);
    // In a field that nobody reads it does no harm.
    eve.send(format!(r#"{{"type":"leave","room":"x","y":{}}}"#, nested(9999))).await;
    assert_eq!(eve.error().await.code, Code::NotInRoom);
    let fields: String = (0..5000).map(|n| format!(r#","x{n}":0"#)).collect();
    eve.send(format!(r#"{{"type":"leave","room":"dev"{fields}}}"#)).await;
    assert_eq!(eve.error().await.code, Code::BadField);
    eve.silence().await;
}

#[tokio::test]
async fn a_binary_frame_closes_with_1003() {
    let server = TestServer::start().await;
    let mut eve = server.enter("dev", "Eve").await;
    eve.socket.send(Frame::binary(vec![1, 2, 3])).await.unwrap();
    eve.expect_refusal(Code::BinaryFrame, 1003).await;
}

#[tokio::test]
async fn a_frame_of_64_kib_is_read_and_one_byte_more_closes_with_1009() {
    let server = TestServer::start().await;
    let mut eve = server.enter("dev", "Eve").await;
    let frame = say("dev", "x");
    eve.send(frame.clone() + &" ".repeat(FRAME_BYTES_MAX - frame.len())).await;
    eve.message().await;
    eve.send(frame.clone() + &" ".repeat(FRAME_BYTES_MAX + 1 - frame.len())).await;
    eve.expect_refusal(Code::FrameTooBig, 1009).await;
}

#[tokio::test]
async fn fragments_and_pings_between_them_are_one_message() {
    use tokio_tungstenite::tungstenite::protocol::frame::Frame as Piece;
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    let text = say("dev", "in pieces");
    let (start, end) = text.split_at(20);
    let pieces = [
        Piece::message(start.to_owned(), OpCode::Data(Data::Text), false),
        Piece::ping(Vec::new()),
        Piece::message(end.to_owned(), OpCode::Data(Data::Continue), true),
    ];
    for piece in pieces {
        alice.socket.send(Frame::Frame(piece)).await.unwrap();
    }
    assert_eq!(alice.message().await.content.as_str(), "in pieces");
}

/// Bytes sent on a raw socket after the handshake, and the code that the close frame carries.
#[tokio::test]
async fn broken_frames_close_with_their_code() {
    let server = TestServer::start().await;
    let masked = |opcode: u8, payload: &[u8]| {
        let length = u8::try_from(payload.len()).unwrap();
        [&[0x80 | opcode, 0x80 | length, 0, 0, 0, 0], payload].concat()
    };
    for (bytes, close) in [
        (masked(1, b"\xff\xfe"), 1007_u16),
        (vec![0x81, 0x02, b'h', b'i'], 1002),
        (masked(3, b""), 1002),
        (masked(0, b"no start"), 1002),
        (vec![0xf1, 0x80, 0, 0, 0, 0], 1002),
    ] {
        let mut socket = server.raw().await;
        let request = "GET /?room=dev HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n\
            Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        socket.write_all(request.as_bytes()).await.unwrap();
        socket.write_all(&bytes).await.unwrap();
        let mut answer = Vec::new();
        let read = socket.read_to_end(&mut answer);
        tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap();
        let text = String::from_utf8_lossy(&answer);
        assert!(
            text.contains("Sec-WebSocket-Accept")
                || text.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        );
        let close_frame =
            answer.windows(4).any(|four| four[0] == 0x88 && four[2..] == close.to_be_bytes());
        assert!(close_frame, "{bytes:x?} closes with {close}: {text}");
    }
}
