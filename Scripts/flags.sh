# Sourced: how tests and the tools beside them build.  Nobody steps through these builds, and without debug information they are quicker;
# the same flags everywhere, as others would build everything anew.  (The index stays: SwiftPM looks for tests in it.)
debug=(-debug-info-format none)
