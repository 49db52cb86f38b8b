//! The words by which a compose file names the rules.

use validation::Program;

#[test]
fn what_a_compose_file_may_name_is_what_is_known_here() {
    assert_eq!(Program::words().collect::<Vec<_>>(), stack::meta::CHECKS);
    for word in stack::meta::CHECKS {
        assert_eq!(Program::by_word(word).map(Program::word), Some(word));
    }
    assert_eq!(Program::by_word("Loki"), None);
}
