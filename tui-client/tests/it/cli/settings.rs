//! Settings, and what the binary prints about itself: the real binary, without a server.

use std::fs;

use crate::processes::Home;

/// Runs the client to its end, with a configuration file and an environment.
fn run(file: Option<&str>, environment: &[(&str, &str)], arguments: &[&str]) -> [String; 3] {
    let home = Home::new();
    if let Some(text) = file {
        fs::create_dir_all(home.path("config/nebula")).unwrap();
        fs::write(home.path("config/nebula/config.toml"), text).unwrap();
    }
    let output = home.nebula(arguments).envs(environment.iter().copied()).output().unwrap();
    let text = |bytes| {
        String::from_utf8_lossy(bytes).replace(home.path("config").to_str().unwrap(), "CONFIG")
    };
    [output.status.to_string(), text(&output.stdout), text(&output.stderr)]
}

fn prints(file: Option<&str>, environment: &[(&str, &str)], flags: &[&str], expected: &str) {
    let arguments = [&["--print-config"], flags].concat();
    let [status, out, error] = run(file, environment, &arguments);
    assert_eq!((status.as_str(), error.as_str()), ("exit status: 0", ""));
    let shown = out.lines().find(|line| line.contains("room")).unwrap();
    assert_eq!(shown, expected, "{out}");
}

#[test]
fn a_flag_outranks_the_environment_that_the_file_and_that_the_default() {
    let file = Some("room = \"from-file\"\n");
    let environment = [("NEBULA_ROOM", "from-env")];
    prints(file, &environment, &["--room", "a"], "room = \"a\"  # --room or NEBULA_ROOM");
    prints(file, &environment, &[], "room = \"from-env\"  # --room or NEBULA_ROOM");
    prints(file, &[], &[], "room = \"from-file\"  # file");
    prints(None, &[], &[], "room = \"general\"  # default");
}

#[test]
fn servers_come_from_flags_the_environment_or_the_file_and_a_wrong_one_is_named() {
    let shown = |file: Option<&str>, environment: &[(&str, &str)], flags: &[&str]| {
        let [status, out, error] = run(file, environment, &[&["--print-config"], flags].concat());
        let line = out.lines().find(|line| line.starts_with("server")).unwrap_or_default();
        (status, line.to_owned() + &error)
    };
    let success = |shown: &str| ("exit status: 0".to_owned(), shown.to_owned());
    let file = Some("server = 'https://a, b:1'\n");
    let environment = [("NEBULA_SERVER", "ws://c,ws://d,c")];
    let flags = ["--server", "e,https://u:p@f", "--server", "e"];
    let of_flags = "server = \"ws://e/,wss://f/\"  # --server or NEBULA_SERVER";
    assert_eq!(shown(file, &environment, &flags), success(of_flags));
    let of_environment = "server = \"ws://c/,ws://d/\"  # --server or NEBULA_SERVER";
    assert_eq!(shown(file, &environment, &[]), success(of_environment));
    assert_eq!(shown(file, &[], &[]), success("server = \"wss://a/,ws://b:1/\"  # file"));
    let many: Vec<_> = (0..33).map(|n| format!("h{n}")).collect();
    for (server, told) in [
        ("a,ftp://b", "\"ftp://b\": unknown scheme"),
        ("https://u:secret@a,ws://", "address 2: "),
        (many.join(",").as_str(), "at most 32 addresses, not 33"),
    ] {
        let (status, error) = shown(None, &[], &["--server", server]);
        assert_eq!(status, "exit status: 2", "{error}");
        assert!(error.contains(told) && !error.contains("secret"), "{error}");
        let (status, error) = shown(Some(&format!("server = '{server}'")), &[], &[]);
        assert_eq!(status, "exit status: 2", "{error}");
        assert!(error.contains(told) && !error.contains("secret"), "{error}");
    }
}

#[test]
fn what_is_printed_is_a_configuration_file_with_the_same_meaning() {
    let file = "server = 'https://chat.example'\nroom = \"#a \\\"b\\\" \\\\\"\nuser = 'Zoë'\n\
                label = 'lab \"7\"'\nplain = true\ntheme = 'dark'\ncolor = '16'\nlinks = 'off'\n\
                notify = 'osc9'\nhighlight = ['deploy', 'big day']\nemoji = 'name'\nformatting = 'off'\nup = 'recall'\nmouse = true\n";
    let [_, first, _] = run(Some(file), &[], &["--print-config"]);
    assert!(first.starts_with("# read: CONFIG/nebula/config.toml\n"), "{first}");
    assert!(first.contains("server = \"wss://chat.example/\"  # file"), "{first}");
    assert!(!first.contains("# default"), "{first}");
    let [status, second, error] = run(Some(&first), &[], &["--print-config"]);
    assert_eq!((status.as_str(), error.as_str()), ("exit status: 0", ""));
    assert_eq!(first, second);
}

#[test]
fn what_the_file_says_wrong_is_told_with_its_line() {
    let print = ["--print-config"];
    let [status, out, error] =
        run(Some("\nroom = 'dev'\nrom = 'x'\n[window]\na = 1\n"), &[], &print);
    assert_eq!(status, "exit status: 0");
    assert!(out.contains("room = \"dev\""));
    let warnings: Vec<_> = error.lines().collect();
    assert_eq!(warnings.len(), 2, "{error}");
    assert!(warnings[0].contains("config.toml:3: unknown setting \"rom\""), "{error}");
    assert!(warnings[1].contains("config.toml:5: unknown setting \"window.a\""), "{error}");
    for (file, place, value) in [
        ("user = 'a\u{202e}b'", "config.toml:1: user: ", "invisible"),
        ("\nserver = 'ftp://x'", "config.toml:2: server: ", "ftp"),
        ("plain = 'maybe'", "config.toml:1: plain: ", "\"maybe\""),
        ("room = 7", "config.toml:1: room: ", "integer"),
        ("[keys]\nC-x = 'help'\n'C-X' = 'send'", "config.toml:3: keys.C-X: ", "bound twice"),
        ("[keys]\nC-x = 'dance'", "config.toml:2: keys.C-x: ", "next-room"),
        ("[keys]\nC-i = 'help'", "config.toml:2: keys.C-i: ", "Tab"),
        ("room = 'a'\nroom = 'b'", "config.toml:2: ", "duplicate"),
    ] {
        let [status, _, error] = run(Some(file), &[], &print);
        assert_eq!(status, "exit status: 2", "{file}");
        assert!(error.contains(place) && error.contains(value), "{file}: {error}");
    }
    let [status, _, error] = run(None, &[("NEBULA_CONFIG", "/nowhere/x.toml")], &print);
    assert_eq!(status, "exit status: 2");
    assert!(error.contains("/nowhere/x.toml"), "{error}");
}

#[test]
fn a_key_that_is_taken_away_from_a_meaning_is_told() {
    let file = "[keys]\nC-n = 'help'\nC-p = 'none'\nF2 = 'previous-room'\n";
    let [status, out, error] = run(Some(file), &[], &["--print-config"]);
    assert_eq!(status, "exit status: 0");
    assert!(out.ends_with(
        "[keys]\n\"C-n\" = \"help\"  # file\n\"C-p\" = \"none\"  # file\n\
         \"F2\" = \"previous-room\"  # file\n"
    ));
    assert!(error.contains("no key is bound to next-room"), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
}

#[test]
fn completions_and_manual_pages_know_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let [status, out, error] = run(None, &[], &["completions", shell]);
        assert_eq!((status.as_str(), error.as_str()), ("exit status: 0", ""));
        for word in ["tail", "send", "since", "print-config"] {
            assert!(out.contains(word), "{shell} lacks {word}");
        }
    }
    for (about, word) in [(&["man"][..], "NEBULA_SERVER"), (&["man", "tail"], "\\-\\-since")] {
        let [status, out, _] = run(None, &[], about);
        assert_eq!(status, "exit status: 0");
        assert!(out.contains(".SH SYNOPSIS") && out.contains(word), "{out}");
    }
    let [status, _, error] = run(None, &[], &["man", "talk"]);
    assert_eq!(status, "exit status: 2");
    assert!(error.contains("\"talk\""), "{error}");
}

#[cfg(unix)]
#[test]
fn state_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    // The key is made before anything is dialled.
    let (code, ..) = home.run(&["send", "x", "--wait", "0", "--server", "127.0.0.1:1"], "");
    assert_eq!(code, 2);
    let mode = |name: &str| fs::metadata(home.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("state/nebula"), 0o700);
    assert_eq!(mode("state/nebula/key"), 0o600);
}

#[test]
fn a_variable_that_is_empty_is_not_set_and_a_fault_in_one_names_it() {
    let all = [
        "SERVER", "ROOM", "USER", "TOKEN", "CA", "PLAIN", "THEME", "COLOR", "LINKS", "NOTIFY",
        "EMOJI", "MOUSE", "CONFIG",
    ];
    let names: Vec<_> = all.iter().map(|name| format!("NEBULA_{name}")).collect();
    let empty: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    let [status, with, error] = run(Some("room = 'dev'\n"), &empty, &["--print-config"]);
    assert_eq!((status.as_str(), error.as_str()), ("exit status: 0", ""));
    let [_, without, _] = run(Some("room = 'dev'\n"), &[], &["--print-config"]);
    assert_eq!(with, without);
    for (name, value) in [
        ("SERVER", "ftp://x"),
        ("ROOM", "a\u{202e}"),
        ("USER", " x"),
        ("TOKEN", "no token"),
        ("THEME", "pink"),
        ("COLOR", "many"),
        ("LINKS", "x"),
        ("NOTIFY", "x"),
        ("EMOJI", "x"),
        ("CONFIG", "/nowhere/x.toml"),
    ] {
        let name = format!("NEBULA_{name}");
        let [status, _, error] = run(None, &[(&name, value)], &["--print-config"]);
        assert_eq!(status, "exit status: 2", "{name}");
        assert!(error.contains(&name), "{name}: {error}");
    }
    let ca = [("NEBULA_CA", "/nowhere/ca.pem"), ("NEBULA_SERVER", "wss://localhost:1")];
    let [status, _, error] = run(None, &ca, &["send", "x", "--wait", "0"]);
    assert_eq!(status, "exit status: 2");
    assert!(error.contains("NEBULA_CA") && error.contains("/nowhere/ca.pem"), "{error}");
    // A flag that is wrong is named itself, whatever the environment says.
    let [_, _, error] = run(None, &[("NEBULA_SERVER", "ftp://y")], &["--server", "ftp://x"]);
    assert!(error.contains("--server") && !error.contains("NEBULA_SERVER"), "{error}");
}

#[test]
fn without_a_name_it_is_the_login_name_wherever_that_is_said() {
    let name = |environment: &[(&str, &str)]| {
        let home = Home::new();
        let mut client = home.nebula(&["--print-config"]);
        let output = client.env_remove("USER").envs(environment.iter().copied()).output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        out.lines().find(|line| line.starts_with("user")).map(str::to_owned)
    };
    let is = |user: &str| Some(format!("user = \"{user}\"  # default"));
    assert_eq!(name(&[("USER", "Ann"), ("LOGNAME", "deploy")]), is("Ann"));
    assert_eq!(name(&[("USER", ""), ("LOGNAME", "deploy")]), is("deploy"));
    assert_eq!(name(&[("LOGNAME", "deploy")]), is("deploy"));
    let id = std::process::Command::new("id").arg("-un").output().unwrap();
    assert_eq!(name(&[]), is(String::from_utf8(id.stdout).unwrap().trim_end()));
}

#[test]
fn a_name_and_password_in_the_address_are_sent_and_never_shown_or_kept() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        for mut client in server.incoming().map_while(Result::ok) {
            let (mut head, mut some) = (String::new(), [0; 1000]);
            while !head.contains("\r\n\r\n") {
                let count = client.read(&mut some).unwrap();
                head.push_str(&String::from_utf8_lossy(&some[..count]));
            }
            client.write_all(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n").unwrap();
            drop(tell.send(head));
        }
    });
    let home = Home::new();
    let url = format!("ws://Aladdin:open%20sesame@{address}");
    for command in [&["send", "x", "--wait", "1"][..], &["tail", "--wait", "1"]] {
        let output = home.nebula(&[command, &["--server", &url]].concat()).output().unwrap();
        let head = told.recv_timeout(crate::processes::PATIENCE).unwrap().to_lowercase();
        assert!(head.contains("authorization: basic qwxhzgrpbjpvcgvuihnlc2ftzq=="), "{head}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(!said.contains("sesame") && !said.contains("Aladdin"), "{said}");
    }
    let [_, out, error] = run(None, &[], &["--print-config", "--server", &url]);
    assert!(out.contains("# the name and password of the server are set, and not shown"), "{out}");
    for (variable, file, wrong) in [
        (None, None, "--server=ftp://Aladdin:sesame@h"),
        (Some("ftp://Aladdin:sesame@h"), None, "--print-config"),
        (None, Some("server = 'ftp://Aladdin:sesame@h'"), "--print-config"),
        (None, None, "--server=ws://Aladdin:sesame@h:port"),
    ] {
        let environment: Vec<_> = variable.map(|url| ("NEBULA_SERVER", url)).into_iter().collect();
        let [status, out, error] = run(file, &environment, &[wrong]);
        assert_eq!(status, "exit status: 2", "{error}");
        assert!(!out.contains("sesame") && !error.contains("sesame"), "{error}");
    }
    assert!(!out.contains("sesame") && !error.contains("sesame"), "{out}{error}");
}
