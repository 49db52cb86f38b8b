//! Plans as sentences and pictures: a project, what is observed of it, a goal, and the steps that follow.

mod down;
mod optional;
mod parts;
mod refusals;
mod restart;
mod up;
mod world;
