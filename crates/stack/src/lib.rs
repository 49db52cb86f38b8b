//! What a stack is, what is wanted of it, what is there, and the plan between the two.
//!
//! This crate is pure: it reads no file, asks no clock, knows neither Docker's API nor tokio. Callers
//! hand in texts and observations and get values back, so every rule can be tested as a sentence.

pub mod components;
pub mod compose;
pub mod diagnosis;
pub mod dotenv;
pub mod meta;
pub mod observed;
pub mod plan;
pub mod template;
pub mod wait;
pub mod yaml;
