import TestSupport
import Testing

/// `list` with columns of one's own, and with what is kept by key.
@Suite("list")
struct ListColumnsTests {
  private func tagged() throws -> Program {
    let program = try Program(copying: Shared.tutorial().program)
    let sql = """
      INSERT INTO version_tags SELECT id, 'stage', 'review' FROM model_versions WHERE version = 2;
      INSERT INTO model_aliases SELECT model_id, 'a,b', id FROM model_versions WHERE version = 2;
      INSERT INTO model_aliases SELECT model_id, 'champion', id FROM model_versions WHERE version = 2;
      """
    _ = try program.command(["sqlite3", "registry.db", sql])
    return program
  }

  @Test("has the columns that are asked for, in every format")
  func formats() throws {
    let program = try tagged()
    let arguments = ["list", "--columns", "tags.stage, version,params.learning_rate", "--order-by", "version"]
    #expect(
      try program(arguments).stdout == """
        tags.stage  version  params.learning_rate
        -                 1                  0.03
        review            2                  0.03
        -                 3                  0.03

        """)
    let csv = try program(arguments + ["--format", "csv"])
    #expect(csv.stdout == "tags.stage,version,params.learning_rate\n\"\",1,0.03\nreview,2,0.03\n\"\",3,0.03\n")
    let json = try program(arguments + ["--format", "json", "--limit", "1", "--offset", "1"])
    #expect(json.stdout == "[\n  {\n    \"tags.stage\": \"review\",\n    \"version\": 2,\n    \"params.learning_rate\": 0.03\n  }\n]\n")
  }

  @Test("of a version with a step has what its run measured there, in every command")
  func steps() throws {
    let program = try Program()
    try program.folder.write("m.txt", "1")
    let save = #"{"version": true, "files": ["m.txt"], "step": "#
    let lines = [
      #"{"step": 0, "train_loss": 9, "a": NaN, "accuracy": 0.5}"#, save + "0}", #"{"step": 1, "train_loss": 1, "a": 3, "accuracy": 0.75}"#,
      save + "1}", #"{"step": 1, "train_loss": 0.5}"#, save + #"5, "metrics": {"train_loss": 0.25}}"#,
      #"{"version": true, "files": ["m.txt"]}"#, save + "-1}", #"{"end": "finished"}"#,
    ]
    #expect(try program("log", "--model", "c", input: lines.joined(separator: "\n")).status == 0)
    let columns = "version,step,train_loss,accuracy,metrics.train_loss,metrics.a"
    #expect(
      try program("list", "--columns", columns, "--order-by", "version", "--format", "csv").lines == [
        columns, "1,0,9.0,0.5,9.0,nan", "2,1,1.0,0.75,0.5,3.0", "3,5,0.25,0.75,0.5,3.0", "4,\"\",0.5,0.75,0.5,3.0",
        "5,-1,\"\",\"\",\"\",\"\"",
      ])
    func versions(_ arguments: String...) throws -> [Double] {
      try program(["list", "--format", "json"] + arguments).json().array.compactMap { $0.version?.number }
    }
    #expect(try versions("--where", "metrics.train_loss < 1") == [4, 3, 2])
    #expect(try versions("--order-by", "metrics.train_loss, version", "--limit", "2") == [2, 3])
    let compared = try program("compare", "c/1", "c/2", "--format", "json").json().metrics
    #expect(compared?.train_loss == [9, 1] && compared?.a == ["NaN", 3])
    #expect(try program("show", "c/1", "--format", "json").json().metrics?.accuracy == 0.5)
    #expect(try program("verify").status == 0)
  }

  @Test("aliases are an array of a version's, an object of a model's")
  func aliases() throws {
    let program = try tagged()
    let versions = try program("list", "--format", "json").json().array
    #expect(versions.map(\.aliases) == [.array([]), .array([.string("a,b"), .string("champion")]), .array([])])
    let model = try program("list", "models", "--format", "json").json().array[0]
    #expect(model.aliases == .object(["a,b": .number(2), "champion": .number(2)]))
    let none = try Shared.tutorial().program("list", "models", "--format", "json").json().array[0]
    #expect(none.aliases == .object([:]))
  }

  @Test("headings of the usual table are what --where and --order-by take", arguments: ["versions", "runs", "models", "datasets"])
  func headings(subject: String) throws {
    let program = try tagged()
    let headings = try program("list", subject).lines[0].split(separator: " ").map(String.init)
    for heading in headings {
      #expect(try program("list", subject, "--where", "\(heading) IS NULL OR 1", "--order-by", heading).status == 0)
    }
  }

  @Test("NaN is NaN in a column that was asked for")
  func nan() throws {
    let program = try Program()
    #expect(try program("train", "--learning-rate", "1e30", "--weight-decay", "1", "--epochs", "20").status == 0)
    let csv = try program("list", "--columns", "test_loss,metrics.train_loss,metrics.test_loss", "--format", "csv")
    #expect(csv.lines.last == "nan,nan,nan")
    let json = try program("list", "--columns", "test_loss,metrics.train_loss", "--format", "json").json().array[0]
    #expect(json.test_loss == .string("NaN") && json["metrics.train_loss"] == .string("NaN"))
  }

  @Test("--model of datasets are those that its runs were trained on")
  func datasetsOfModel() throws {
    let program = try Program(copying: Shared.tutorial().program)
    _ = try program("train", "--model", "other", "--seed", "7", "--epochs", "1")
    #expect(try program("list", "datasets", "--model", "other", "--format", "json").json().array.map(\.dataset) == [.string("blobs-seed7")])
  }
}
