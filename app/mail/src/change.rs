//! One transaction of the mailroom: what the store failed with and what the mailroom failed with, in one error.
//! Every method of the mailroom that writes goes through it.
//! Whatever fails, and whatever says [`Done::Leave`], writes nothing.

use std::io;

use ahoy_store::{Store, StoreError, Transaction};

use crate::MailError;

/// How a transaction ends.
pub(crate) enum Done<R> {
    /// All that was written is kept.
    Keep(R),
    /// Nothing is: the disk is spared where nothing changed, and half a step is as if it had never been.
    Leave(R),
}

/// Runs `work` as one transaction of the store.
pub(crate) fn change<R>(
    store: &Store,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<Done<R>, MailError>,
) -> Result<R, MailError> {
    let mut left = None;
    let kept = store.transact(|transaction| match work(transaction) {
        Ok(Done::Keep(kept)) => Ok(kept),
        Ok(Done::Leave(result)) => Err(leave(&mut left, Ok(result))),
        Err(MailError::Store(error)) => Err(error),
        Err(error) => Err(leave(&mut left, Err(error))),
    });
    match left {
        Some(result) => result,
        None => Ok(kept?),
    }
}

/// An error is the only way out of a transaction that writes nothing: this one is seen by nobody.
fn leave<R>(left: &mut Option<Result<R, MailError>>, result: Result<R, MailError>) -> StoreError {
    *left = Some(result);
    StoreError::Io { doing: "leave", file: "the transaction".into(), source: io::Error::other("nothing to write") }
}
