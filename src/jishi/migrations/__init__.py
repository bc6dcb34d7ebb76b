"""The revisions of every module's tables, one branch a module; `jishi.kernel.migrations` runs them."""
