# Sourced: how tests and the tools beside them build.  Nobody steps through these builds, and without an index for editors and without
# debug information they take a third less; the same flags everywhere, as others would build everything anew.
debug=(--disable-index-store -debug-info-format none)
