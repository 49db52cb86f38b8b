use super::Ended; use crate::{exit::Exit, session::Session}; pub(super) async fn run(_s: &Session) -> Ended { Ok(Exit::Ok) }
