//! Durations as compose reads them (`1m30s`) and as Go writes them (`1m30s`, `0s`).
