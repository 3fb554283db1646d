"""The flags that only a sweep knows: kept by themselves, since what a sweep needs takes long to import."""

DRY_RUN, RETRY_FAILED = "--dry-run", "--retry-failed"
ONLY_WITH_MULTIRUN = (DRY_RUN, RETRY_FAILED)
