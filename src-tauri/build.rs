//! Checks the configuration and the capabilities, and embeds the icons.

const COMMANDS: &[&str] = &["send", "watch", "follow_logs", "follow_stats", "diagnostics"];

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        println!("cargo::error={error:#}");
    }
}
