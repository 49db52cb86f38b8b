//! One number from a component's own metrics, in Prometheus' text format.

use std::time::Duration;

use crate::{ClientError, Http, beginning};

/// The most that is read of an answer, in bytes. Metrics of the shipped components stay below a tenth of it.
const MOST: usize = 16 << 20;

/// The sum of a metric over all its series; `None` when the component does not have it yet.
pub async fn sum(http: &Http, url: &str, name: &str, deadline: Duration) -> Result<Option<f64>, ClientError> {
    let unreachable = |source| ClientError::Unreachable { url: url.to_owned(), source };
    let mut response = http.0.get(url).timeout(deadline).send().await.map_err(unreachable)?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while body.len() < MOST
        && let Some(chunk) = response.chunk().await.map_err(unreachable)?
    {
        body.extend_from_slice(&chunk);
    }
    let text = String::from_utf8_lossy(&body);
    if status != 200 {
        return Err(ClientError::Refused { url: url.to_owned(), status, body: beginning(&text) });
    }
    Ok(total(&text, name))
}

/// `name 3` or `name{label="x"} 3`, with or without a time after it.
fn total(text: &str, name: &str) -> Option<f64> {
    let values = text.lines().filter_map(|line| {
        let rest = line.strip_prefix(name)?;
        let rest = match rest.strip_prefix('{') {
            // A label's value may hold a brace; what stands after the last one is the number.
            Some(labels) => labels.rsplit_once('}')?.1,
            None => rest.strip_prefix(' ')?,
        };
        rest.split_whitespace().next()?.parse::<f64>().ok()
    });
    values.fold(None, |sum, value| Some(sum.unwrap_or(0.0) + value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests_server::serve_once;

    #[test]
    fn all_series_of_a_metric_are_added_up_and_no_others() {
        let text = "# HELP sent_total Lines.\n# TYPE sent_total counter\nsent_total{host=\"a}b\"} 3\nsent_total{host=\"c\"} 1.5e1 1700\nsent_total_errors 9\nsent 7\n";
        assert_eq!(total(text, "sent_total"), Some(18.0));
        assert_eq!(total(text, "sent"), Some(7.0));
        assert_eq!(total(text, "absent"), None);
    }

    #[tokio::test]
    async fn a_component_without_metrics_is_an_error_with_its_words() {
        let url = serve_once("HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\nnot found").await;
        let error = sum(&Http::new().unwrap(), &url, "x", Duration::from_secs(5)).await.unwrap_err();
        assert!(error.to_string().ends_with("answered 404: not found"), "{error}");
    }
}
