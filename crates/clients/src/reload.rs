//! Telling a component to read its configuration anew.

use std::time::Duration;

use crate::{ClientError, Http, beginning};

/// Sends the request; anything but a 2xx is the component's refusal, in its own words.
pub async fn reload(http: &Http, method: &str, url: &str, deadline: Duration) -> Result<(), ClientError> {
    let request = if method == "PUT" { http.0.put(url) } else { http.0.post(url) };
    let unreachable = |source| ClientError::Unreachable { url: url.to_owned(), source };
    let response = request.timeout(deadline).send().await.map_err(unreachable)?;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let body = beginning(&response.text().await.unwrap_or_default());
    Err(ClientError::Refused { url: url.to_owned(), status: status.as_u16(), body })
}
