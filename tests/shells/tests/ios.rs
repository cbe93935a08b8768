//! The iOS project, as far as it can be read without Xcode: the tool's own reader of it exists on macOS only.

use ahoy_shells::text;
use roxmltree::{Document, Node, ParsingOptions};

/// Hands the value of one key of the information list to `check`.
fn with_value<T>(key: &str, check: impl Fn(Node) -> T) -> T {
    let text = text("ios/Info.plist");
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let list = Document::parse_with_options(&text, options).expect("well-formed XML");
    let entry = list.descendants().find(|node| node.has_tag_name("key") && node.text() == Some(key));
    let entry = entry.unwrap_or_else(|| panic!("no {key}"));
    check(entry.next_sibling_element().unwrap_or_else(|| panic!("{key} has no value")))
}

fn word(key: &str) -> String {
    with_value(key, |value| {
        assert!(value.has_tag_name("string"), "{key} is a text");
        value.text().unwrap_or_default().to_owned()
    })
}

fn words(key: &str) -> Vec<String> {
    with_value(key, |value| {
        assert!(value.has_tag_name("array"), "{key} is a list");
        value.children().filter(Node::is_element).filter_map(|item| item.text()).map(str::to_owned).collect()
    })
}

#[test]
fn people_are_told_why_the_phone_asks() {
    for subject in ["Microphone", "Camera", "LocalNetwork"] {
        let key = format!("NS{subject}UsageDescription");
        let reason = word(&key);
        assert!(reason.ends_with('.') && reason.split(' ').count() > 5, "{key} is a sentence: {reason}");
    }
}

#[test]
fn a_call_goes_on_in_the_background() {
    assert_eq!(words("UIBackgroundModes"), ["audio", "voip"]);
}

#[test]
fn the_screen_is_drawn_with_metal_at_its_full_size() {
    assert_eq!(words("UIRequiredDeviceCapabilities"), ["arm64", "metal"]);
    assert!(with_value("UILaunchScreen", |value| value.has_tag_name("dict")));
}

#[test]
fn the_project_agrees_with_the_tools_configuration() {
    let mobile: toml::Table = text("mobile.toml").parse().expect("mobile.toml parses");
    let (app, apple) = (&mobile["app"], &mobile["apple"]);
    assert_eq!(apple["project-dir"].as_str(), Some("ios"));
    let project = text("ios/project.yml");
    let (name, identifier) =
        (app["name"].as_str().expect("a name"), app["identifier"].as_str().expect("an identifier"));
    let version = apple["ios-version"].as_str().expect("a version");
    for line in [
        format!("name: {name}"),
        format!("{name}_iOS:"),
        format!("PRODUCT_BUNDLE_IDENTIFIER: {identifier}"),
        format!("PRODUCT_NAME: {}", app["stylized-name"].as_str().expect("a title")),
        format!("iOS: \"{version}\""),
        format!("- framework: lib{name}.a"),
        "INFOPLIST_FILE: Info.plist".to_owned(),
        "debug: debug".to_owned(),
        "release: release".to_owned(),
    ] {
        assert!(project.lines().any(|found| found.trim() == line), "{line}");
    }

    assert_eq!(word("CFBundleShortVersionString"), env!("CARGO_PKG_VERSION"));
    assert_eq!(apple["bundle-version-short"].as_str(), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(Some(word("CFBundleVersion").as_str()), apple["bundle-version"].as_str());
}

#[test]
fn the_starter_calls_the_phone_library() {
    assert!(text("ios/Sources/Ahoy/bindings/bindings.h").contains("void start_app(void);"));
    assert!(text("ios/Sources/Ahoy/main.mm").contains("start_app();"));
    assert!(text("app/phone.rs").contains("extern \"C\" fn start_app()"));
}
