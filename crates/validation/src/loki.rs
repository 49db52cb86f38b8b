//! Loki's configuration.

mod periods;
mod rules;
mod settings;

use std::sync::LazyLock;

use crate::{Complaint, Invocation, config_file, config_types, document::misfits, schema::Schema};

use settings::Settings;

/// What Loki knows, with what its own code reads otherwise than its types say.
static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    const INDEX: &str = r#"struct { PathPrefix string "yaml:\"path_prefix\""; Prefix string "yaml:\"prefix\""; Period model.Duration "yaml:\"period\""; Tags config.Tags "yaml:\"tags\"" }"#;
    const CHUNKS: &str = r#"struct { Prefix string "yaml:\"prefix\""; Period model.Duration "yaml:\"period\""; Tags config.Tags "yaml:\"tags\"" }"#;
    Schema::read(include_str!("../schemas/loki.txt"))
        .with("config.IndexPeriodicTableConfig", "period", "model.Duration")
        .with("config.PeriodicTableConfig", "period", "model.Duration")
        .named("config.IndexPeriodicTableConfig", INDEX)
        .named("config.PeriodicTableConfig", CHUNKS)
        .named("storage.NamedAWSStorageConfig", "aws.StorageConfig")
        .named("storage.NamedBlobStorageConfig", "azure.BlobStorageConfig")
        .named("storage.NamedBOSStorageConfig", "baidubce.BOSStorageConfig")
        .named("storage.NamedFSConfig", "local.FSConfig")
        .named("storage.NamedGCSConfig", "gcp.GCSConfig")
        .named("storage.NamedOssConfig", "alibaba.OssConfig")
        .named("storage.NamedSwiftConfig", "openstack.SwiftConfig")
        .named("storage.NamedCOSConfig", "ibmcloud.COSConfig")
});

pub(crate) fn check(of: &Invocation<'_>) -> Vec<Complaint> {
    let file = match config_file::read(of) {
        Ok(file) => file,
        Err(complaints) => return complaints,
    };
    let mut complaints = Vec::new();
    if let Some(document) = &file.document {
        let found = SCHEMA.misfits(document, "loki.ConfigWrapper", &config_types::custom);
        complaints = misfits(of, &file.path, found);
    }
    let settings = Settings { of, path: &file.path, root: file.document.as_ref() };
    if !complaints.iter().any(Complaint::is_fatal) {
        complaints.extend(periods::check(&settings));
    }
    // What cannot be read is not judged any further.
    if !complaints.iter().any(|it| it.stage == crate::Stage::Parse) {
        complaints.extend(rules::check(&settings));
    }
    complaints.extend(file.surprises);
    config_file::unreplaced(of, &mut complaints);
    complaints
}
