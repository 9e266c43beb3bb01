"""One module a version. What has been released is never edited: a later version mends it."""
