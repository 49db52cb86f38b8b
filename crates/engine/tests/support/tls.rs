//! An engine behind TLS, as one on another machine is: a Docker context with certificates, and a way in that takes nobody
//! without them.

use std::{
    fmt::Write as _,
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};
use sha2::{Digest, Sha256};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, UnixStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

/// The way in, open as long as this lives.
pub(crate) struct Door {
    pub(crate) address: String,
    _doorman: JoinSet<()>,
}

/// Opens a way to `socket` by TLS, and writes the Docker context `name` of it under `home`.
pub(crate) async fn door(home: &Path, name: &str, socket: PathBuf) -> Door {
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap();
    let signed = |names: Vec<String>| {
        let key = KeyPair::generate().unwrap();
        (CertificateParams::new(names).unwrap().signed_by(&key, &ca).unwrap(), key)
    };
    let (server, server_key) = signed(vec![Ipv4Addr::LOCALHOST.to_string()]);
    let (client, client_key) = signed(vec!["client".to_owned()]);

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(ca.der().clone()).unwrap();
    let only_known = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(only_known.build().unwrap())
        .with_single_cert(vec![server.der().clone()], key)
        .unwrap();

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = format!("tcp://{}", listener.local_addr().unwrap());
    // As Docker names it.
    let folder = Sha256::digest(name.as_bytes()).iter().fold(String::new(), |mut folder, byte| {
        _ = write!(folder, "{byte:02x}");
        folder
    });
    let contexts = home.join(".docker/contexts");
    let meta = contexts.join("meta").join(&folder);
    fs::create_dir_all(&meta).unwrap();
    let host = format!(r#"{{"Name":"{name}","Endpoints":{{"docker":{{"Host":"{address}"}}}}}}"#);
    fs::write(meta.join("meta.json"), host).unwrap();
    let tls = contexts.join("tls").join(&folder).join("docker");
    fs::create_dir_all(&tls).unwrap();
    fs::write(tls.join("ca.pem"), ca.pem()).unwrap();
    fs::write(tls.join("cert.pem"), client.pem()).unwrap();
    fs::write(tls.join("key.pem"), client_key.serialize_pem()).unwrap();

    let acceptor = TlsAcceptor::from(Arc::new(config));
    let mut doorman = JoinSet::new();
    doorman.spawn(async move {
        let mut guests = JoinSet::new();
        loop {
            let (guest, _) = listener.accept().await.unwrap();
            let (acceptor, socket) = (acceptor.clone(), socket.clone());
            guests.spawn(async move {
                let Ok(mut guest) = acceptor.accept(guest).await else { return };
                let mut engine = UnixStream::connect(socket).await.unwrap();
                _ = copy_bidirectional(&mut guest, &mut engine).await;
            });
        }
    });
    Door { address, _doorman: doorman }
}
