# Sourced: how tests and the tools beside them build, in a folder of their own.  The same flags everywhere, as others would build everything anew.
# - Not optimised: that would take three times as long; and `assert` is on.
# - Yet as a release: in a debug build the parser of command lines goes through its checks of all commands at each start of the program, and the
#   C rooms are not optimised; together that was a third of the time of all tests.  (CommandValidityTests goes through those checks once.)
# - A module in one go: else each is read a second time for those who import it, and nobody imports tests.  And no debug information: nobody
#   steps through these builds.  (The index stays: SwiftPM looks for tests in it.)
tests=(
  --scratch-path .build/tests -c release -debug-info-format none
  -Xswiftc -Onone -Xswiftc -enable-testing -Xswiftc -no-emit-module-separately-wmo
)
