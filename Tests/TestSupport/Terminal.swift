internal import Foundation

/// What a command writes to a real terminal of a given width.
public func onTerminal(_ width: Int, _ arguments: [String], environment: [String: String] = [:], in program: Program) throws
  -> ProcessResult
{
  try onTerminal(width, commands: [arguments], environment: environment, in: program)[0]
}

/// What commands write, one after the other: pseudo-terminals of Python's stand for standard output and standard error.
public func onTerminal(
  _ width: Int, commands: [[String]], environment: [String: String] = [:], in program: Program
) throws -> [ProcessResult] {
  struct Result: Decodable {
    let status: Int32
    let stdout: String
    let stderr: String
  }
  let script = """
    import fcntl, json, os, pty, struct, subprocess, sys, termios, threading
    def read(master, texts, index):
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:
                return
            if not part:
                return
            texts[index] += part
    def run(width, words):
        pairs = [pty.openpty() for _ in range(2)]
        for _, slave in pairs:
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        process = subprocess.Popen(words, stdout=pairs[0][1], stderr=pairs[1][1], stdin=subprocess.DEVNULL)
        for _, slave in pairs:
            os.close(slave)
        texts = [b"", b""]
        threads = [threading.Thread(target=read, args=(pairs[index][0], texts, index)) for index in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for master, _ in pairs:
            os.close(master)
        out, err = [text.decode().replace("\\r\\n", "\\n") for text in texts]
        return {"status": process.wait(), "stdout": out, "stderr": err}
    print(json.dumps([run(int(sys.argv[1]), [sys.argv[2]] + words) for words in json.load(sys.stdin)]))
    """
  let output = try program.command(
    ["python3", "-c", script, "\(width)", try Program.path()], input: String(decoding: try JSONEncoder().encode(commands), as: UTF8.self),
    environment: ["TERM": "xterm"].merging(environment) { $1 })
  guard output.status == 0 else { throw Shared.Failure(output: output) }
  return try JSONDecoder().decode([Result].self, from: Data(output.stdout.utf8)).map {
    ProcessResult(status: $0.status, stdout: $0.stdout, stderr: $0.stderr)
  }
}
