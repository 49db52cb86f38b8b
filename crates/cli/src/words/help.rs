pub(crate) fn translate(command: clap::Command, _lang: super::Lang) -> clap::Command {
    command
}
