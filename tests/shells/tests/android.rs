//! The Android project, as cargo-mobile2, Gradle and the system read it.

use ahoy_shells::{repository, text};
use cargo_mobile2::{
    android::target::Target,
    config::{Config, Raw, metadata::Metadata},
    target::TargetTrait as _,
};
use roxmltree::{Document, Node};

const ANDROID: &str = "http://schemas.android.com/apk/res/android";

fn config() -> Config {
    let (root, raw) = Raw::load(repository()).expect("mobile.toml parses").expect("mobile.toml is at the root");
    assert_eq!(root, repository());
    Config::from_raw(root, raw).expect("mobile.toml is valid")
}

fn name<'a>(node: Node<'a, '_>) -> &'a str {
    node.attribute((ANDROID, "name")).expect("every entry has a name")
}

#[test]
fn the_tool_finds_the_projects() {
    let config = config();
    assert_eq!(config.app().name(), "ahoy", "the tool builds the root package by this name");
    assert_eq!(config.app().stylized_name(), "Ahoy");
    assert_eq!(config.app().identifier(), "org.ahoy.phone");
    assert_eq!(config.app().asset_dir(), repository().join("assets"));
    assert_eq!(config.android().min_sdk_version(), 26);
    assert_eq!(config.android().project_dir(), repository().join("android"));
    assert!(config.android().project_dir_exists());
    assert_eq!(config.android().so_name(), "libahoy.so");
    assert!(Metadata::load(&repository()).expect("the root manifest has a package").android().supported());
}

#[test]
fn gradle_agrees_with_the_tool() {
    let (config, gradle) = (config(), text("android/app/build.gradle.kts"));
    let identifier = config.app().identifier();
    for line in [
        format!("namespace = \"{identifier}\""),
        format!("applicationId = \"{identifier}\""),
        format!("minSdk = {}", config.android().min_sdk_version()),
        "compileSdk = 36".to_owned(),
        "targetSdk = 36".to_owned(),
        format!("versionName = \"{}\"", env!("CARGO_PKG_VERSION")),
        "implementation(\"androidx.games:games-activity:4.4.0\")".to_owned(),
        "flavorDimensions += \"abi\"".to_owned(),
        "create(\"universal\")".to_owned(),
    ] {
        assert!(gradle.lines().any(|found| found.trim().starts_with(&line)), "{line}");
    }
    for (target, entry) in Target::all() {
        let row = format!("Processor(\"{}\", \"{}\", \"{target}\")", entry.abi, entry.arch);
        assert!(gradle.contains(&row), "{row}");
    }
    for property in ["abiList", "archList", "targetList"] {
        assert!(gradle.contains(&format!("names(\"{property}\")")), "{property}");
    }
    for task in ["\"rustBuild$flavour$profile\"", "\"rustBuildUniversal$profile\"", "\"cargo\", \"android\", \"build\""]
    {
        assert!(gradle.contains(task), "{task}");
    }
    assert!(text("android/settings.gradle.kts").contains("id(\"com.android.application\") version \"8.13."));
    assert!(text("android/gradle/wrapper/gradle-wrapper.properties").contains("/gradle-8.14"));
}

#[test]
fn the_manifest_asks_for_what_a_call_needs() {
    let text = text("android/app/src/main/AndroidManifest.xml");
    let manifest = Document::parse(&text).expect("well-formed XML");
    let mut permissions: Vec<&str> = manifest
        .descendants()
        .filter(|node| node.has_tag_name("uses-permission"))
        .map(|node| name(node).strip_prefix("android.permission.").expect("a permission of the system"))
        .collect();
    permissions.sort_unstable();
    let needed =
        ["ACCESS_NETWORK_STATE", "BLUETOOTH_CONNECT", "CAMERA", "INTERNET", "MODIFY_AUDIO_SETTINGS", "RECORD_AUDIO"];
    assert_eq!(permissions, needed);

    // Each of these permissions would otherwise hide the app from devices without that hardware.
    for hardware in ["camera", "microphone", "bluetooth"] {
        let feature = manifest
            .descendants()
            .find(|node| {
                node.has_tag_name("uses-feature") && name(*node) == format!("android.hardware.{hardware}").as_str()
            })
            .unwrap_or_else(|| panic!("{hardware} is declared"));
        assert_eq!(feature.attribute((ANDROID, "required")), Some("false"), "{hardware}");
    }
}

#[test]
fn the_activity_lives_as_long_as_its_process() {
    let manifest_text = text("android/app/src/main/AndroidManifest.xml");
    let manifest = Document::parse(&manifest_text).expect("well-formed XML");
    let activity = manifest.descendants().find(|node| node.has_tag_name("activity")).expect("one activity");
    assert_eq!(name(activity), ".MainActivity");
    assert_eq!(activity.attribute((ANDROID, "launchMode")), Some("singleTask"));
    assert_eq!(activity.attribute((ANDROID, "exported")), Some("true"));
    let changes: Vec<&str> =
        activity.attribute((ANDROID, "configChanges")).expect("handled by the app").split('|').collect();
    for change in
        ["density", "fontScale", "keyboard", "layoutDirection", "locale", "orientation", "screenSize", "uiMode"]
    {
        assert!(changes.contains(&change), "{change}");
    }
    let library = activity
        .descendants()
        .find(|node| node.has_tag_name("meta-data") && name(*node) == "android.app.lib_name")
        .and_then(|node| node.attribute((ANDROID, "value")))
        .expect("the native half is named");
    assert_eq!(format!("lib{library}.so"), config().android().so_name());

    let java = text("android/app/src/main/java/org/ahoy/phone/MainActivity.java");
    for line in [
        format!("package {};", config().app().identifier()),
        format!("System.loadLibrary(\"{library}\");"),
        "moveTaskToBack(true);".to_owned(),
    ] {
        assert!(java.contains(&line), "{line}");
    }
}

#[test]
fn every_resource_that_is_named_is_there() {
    let base = "android/app/src/main/res";
    let manifest = text("android/app/src/main/AndroidManifest.xml");
    let (icon, mark) = (text(&format!("{base}/mipmap-anydpi/icon.xml")), text(&format!("{base}/drawable/mark.xml")));
    let (strings, styles) = (text(&format!("{base}/values/strings.xml")), text(&format!("{base}/values/styles.xml")));
    for xml in [&manifest, &icon, &mark, &strings, &styles] {
        let document = Document::parse(xml).expect("well-formed XML");
        let named = document.descendants().flat_map(|node| node.attributes()).map(|attribute| attribute.value());
        for reference in named.filter(|value| value.starts_with('@')) {
            let (kind, item) = reference[1..].split_once('/').expect("a reference is @kind/name");
            let found = match kind {
                "mipmap" => item == "icon",
                "drawable" => item == "mark",
                "string" | "color" | "style" => {
                    strings.contains(&format!("<{kind} name=\"{item}\""))
                        || styles.contains(&format!("<{kind} name=\"{item}\""))
                }
                other => panic!("{other} is a kind of resource that this project does not have"),
            };
            assert!(found, "{reference}");
        }
    }
}
