//! Does a daemon still have these images? Asked before a rollback without a person.
//!
//! Not here: which images, and what follows (`engine/window/automatic.rs`).

use std::time::Duration;

use tokio::time::timeout;

use super::client::{ANSWER_LIMIT, Client};
use super::wire::Image;

/// How long all of them may take: the rollback that waits for it waits for three times as long.
const LOOK_LIMIT: Duration = Duration::from_secs(10);

/// Are all of these there? None: the daemon did not say.
pub(crate) async fn all_present(client: &Client, images: &[String]) -> Option<bool> {
    let look = async {
        for id in images {
            // An id of the record goes into a path.
            if id.is_empty() || !id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == ':') {
                return None;
            }
            match client.get::<Image>(&format!("/images/{id}/json"), ANSWER_LIMIT).await {
                Ok(image) if image.id == *id => {}
                Ok(_another) => return Some(false),
                Err(error) if error.is_not_found() => return Some(false),
                Err(_unknown) => return None,
            }
        }
        Some(true)
    };
    timeout(LOOK_LIMIT, look).await.ok().flatten()
}
