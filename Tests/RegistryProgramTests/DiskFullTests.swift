import Foundation
import TestSupport
import Testing

/// In a namespace of its own anybody may mount a file system, where the system lets them.
private let canMount = (try? run("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).status == 0) ?? false

/// A small file system that is full, at every step of whatever writes: with no room at all, then with a page more, until there is enough.
///
/// `make torture` doesn't pass it over: where nothing can be mounted, it fails.
@Suite("a full disk", .enabled(if: canMount || Torture.isFull, "no file system can be mounted here"))
struct DiskFullTests {
  /// In 4096 bytes, which is what a tmpfs gives.
  private static let stride = Torture.count(48, full: 1)

  static let commands = [
    "train --epochs 3 --seed 7", "train --epochs 3 --seed 7 --db new.db", "import ../weights.safetensors --model torch",
    "dataset add ../rows.csv --name rows --target y", "alias set champion 2", "delete 1", "tag 1 a=b", "note 1 text",
    "rename neural-net other", "train --epochs 3 --hidden 300,300 --dataset blobs-seed0", "merge ../other.db", "backup copy.db",
    "export 1 -o out.pt",
  ]

  @Test(
    "is said, exit 74; nothing is half-stored, and it works again once there is room",
    arguments: commands.prefix(Torture.count(6, full: commands.count)))
  func full(command: String) throws {
    let program = try Program(copying: Shared.tutorial().program)
    let rows = (0..<400).map { "\(Double($0) / 7),\(Double($0) / 3),\($0 % 2)" }
    try program.folder.write("rows.csv", "a,b,y\n" + rows.joined(separator: "\n") + "\n")
    #expect(try program("export", "1", "-o", "weights.safetensors").status == 0)
    #expect(try program("train", "--epochs", "2", "--seed", "9", "--model", "iris", "--db", "other.db").status == 0)
    try program.folder.write("script", Self.script)
    let result = try program.command(
      ["unshare", "-rm", "bash", "script"] + command.split(separator: " ").map(String.init),
      environment: ["registry": Program.path(), "stride": "\(Self.stride)"])
    #expect(result.status == 0 && result.stderr == "", "\(command): \(result)")
    let refused = result.lines.count { $0 == "refused" }
    #expect(refused > 0 && result.lines.last == "done", "\(result.stdout)")
    print("disk full, \(command): \(refused) faults")
  }

  /// Says "refused" for each room in which the command fails as it must, and "done" when it had enough.
  private static let script = #"""
    set -u
    mkdir disk && mount -t tmpfs -o size=16m none disk && cd disk || exit
    fail() { echo "$* (room of $room pages: exit $code, $(cat ../error))" >&2; exit 1; }
    # A new file may be there with nothing in it, which is as good as none: to remove it could take it from another process.
    contents() { find . -type f -size +0 ! -name ballast | sort; for file in $(find . -name "*.db" -size +0); do sqlite3 "$file" .dump; done | sha256sum; }
    for ((room = 0; ; room += stride)); do
      rm -f -- *; cp ../registry.db .
      before=$(contents)
      free=$(df --output=avail -k . | tail -n 1)
      ((free > 4 * room)) || fail "never enough"
      dd if=/dev/zero of=ballast bs=4k count=$((free / 4 - room)) status=none
      "$registry" "$@" >../output 2>../error; code=$?
      if ((code == 0)); then
        rm ballast
        [ "$(contents)" != "$before" ] || fail "nothing was done"
        break
      fi
      ((code == 74)) || fail "another exit code"
      grep -q '^Error: .*\(disk is full\|No space left\)' ../error || fail "another error"
      "$registry" list >/dev/null 2>../error; code=$?
      ((code == 0)) || fail "can't be read while the disk is full"
      rm ballast
      [ "$(contents)" = "$before" ] || fail "something was stored"
      "$registry" "$@" >/dev/null 2>../error; code=$?
      ((code == 0)) || fail "doesn't work again"
      echo refused
    done
    for file in *.db; do "$registry" verify --db "$file" >/dev/null 2>../error; code=$?; ((code == 0)) || fail "not sound"; done
    echo done
    """#
}
