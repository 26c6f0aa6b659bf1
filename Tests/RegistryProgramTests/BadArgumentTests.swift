import TestSupport
import Testing

/// Arguments that make no sense, and names of what isn't there.
struct BadArgumentTests {
  // MARK: train

  private static let hyperparameters: [Refusal] = [
    Refusal("train", "--hidden", "0", code: 64, error: "'--hidden 0': it has to be between 1 and 65536."),
    Refusal("train", "--hidden", "5,x", code: 64, error: "'--hidden 5,x': 'x' isn't a whole number.", hint: "--hidden 5 or --hidden 64,32"),
    Refusal("train", "--hidden", "5,", code: 64, error: "'--hidden 5,': '' isn't a whole number."),
    Refusal("train", "--hidden", "-5", code: 64, error: "'--hidden -5': it has to be between 1 and 65536."),
    Refusal("train", "--epochs", "-1", code: 64, error: "'--epochs -1': it has to be between 0 and 100000000."),
    Refusal(
      "train", "--epochs", "1.5", code: 64, error: "'--epochs 1.5': it has to be a whole number.", hint: "registry train --help"),
    Refusal("train", "--learning-rate", "nan", code: 64, error: "'--learning-rate nan': it has to be a finite number, 0 or more."),
    Refusal("train", "--learning-rate", "inf", code: 64, error: "'--learning-rate inf': it has to be a finite number, 0 or more."),
    Refusal("train", "--learning-rate", "-0.1", code: 64, error: "'--learning-rate -0.1': it has to be a finite number, 0 or more."),
    Refusal("train", "--momentum", "-1", code: 64, error: "'--momentum -1.0': it has to be a finite number, 0 or more."),
    Refusal("train", "--weight-decay", "nan", code: 64, error: "'--weight-decay nan': it has to be a finite number, 0 or more."),
    Refusal("train", "--batch-size", "0", code: 64, error: "'--batch-size 0': it has to be 1 or more."),
    Refusal("train", "--samples", "0", code: 64, error: "'--samples 0': it has to be between 4 and 10000000."),
    Refusal("train", "--samples", "-80", code: 64, error: "'--samples -80': it has to be between 4 and 10000000."),
    Refusal("train", "--seed", "-1", code: 64, error: "'--seed -1': it has to be 0 or more."),
    Refusal(
      "train", "--seed", "18446744073709551615", code: 64,
      error: "'--seed 18446744073709551615': it has to be between 0 and 9223372036854775807."
    ),
    Refusal("train", "--test-fraction", "1", code: 64, error: "'--test-fraction 1.0' needs a CSV file."),
    Refusal(
      "train", "--csv", "a.csv", "--target", "y", "--test-fraction", "1", code: 64,
      error: "'--test-fraction 1.0': it has to be between 0 and 1.",
      files: ["a.csv": "x,y\n1,0\n2,1\n"]),
    Refusal(
      "train", "--csv", "a.csv", "--target", "y", "--test-fraction", "0", code: 64,
      error: "'--test-fraction 0.0': it has to be between 0 and 1.",
      files: ["a.csv": "x,y\n1,0\n2,1\n"]),
    Refusal(
      "train", "--csv", "a.csv", "--target", "y", "--samples", "80", code: 64, error: "'--csv a.csv' and '--samples 80' exclude each other."
    ),
    Refusal("train", "--target", "y", code: 64, error: "'--target y' needs a CSV file.", hint: "registry train --csv FILE --target COLUMN"),
    Refusal(
      "train", "--task", "clustering", code: 64,
      error: "the value 'clustering' is invalid for '--task <task>'. Please provide one of 'binary', 'multiclass' or 'regression'."),
    Refusal("train", "--db", "", code: 64, error: "'--db' names no file."),
  ]

  private static let modelNames: [Refusal] = [
    Refusal("train", "--model", "a/b", code: 64, error: "'a/b' can't name a model: a name has no slash, at sign or colon."),
    Refusal("train", "--model", "a@b", code: 64, error: "'a@b' can't name a model: a name has no slash, at sign or colon."),
    Refusal("train", "--model", "a:b", code: 64, error: "'a:b' can't name a model: a name has no slash, at sign or colon."),
    Refusal("train", "--model", "12", code: 64, error: "'12' can't name a model: a name is not all digits."),
    Refusal("train", "--model", "", code: 64, error: "'' can't name a model: a name has 1 to 200 characters.", name: "no name"),
    Refusal("train", "--model", "latest", code: 64, error: "'latest' can't name a model: latest is computed."),
    Refusal("train", "--model", " a", code: 64, error: "' a' can't name a model: a name has no space at its ends."),
    Refusal(
      "train", "--model", "a\u{1b}[31mb", code: 64, error: "'a·[31mb' can't name a model: a name has no control characters.",
      name: "a name with an escape"),
  ]

  @Test("train refuses a value that no training can have, before it makes a file", arguments: hyperparameters + modelNames)
  func train(refusal: Refusal) throws { try refusal.check(in: Program()) }

  // MARK: any command

  private static let usage: [Refusal] = [
    Refusal("train", "--bogus", code: 64, error: "unknown option '--bogus'.", hint: "registry train --help"),
    Refusal("train", "--learning-rat", "1", code: 64, error: "unknown option '--learning-rat'. Did you mean '--learning-rate'?"),
    Refusal("train", "extra", code: 64, error: "unexpected argument 'extra'."),
    Refusal("train", "--epochs", code: 64, error: "'--epochs' needs a value.", hint: "registry train --help"),
    Refusal("lst", code: 64, error: "unexpected argument 'lst'.", hint: "did you mean list? registry --help"),
    Refusal("dataset", "lst", code: 64, error: "unexpected argument 'lst'.", hint: "did you mean list? registry dataset --help"),
    Refusal(
      "alias", "rolback", "champion", code: 64, error: "2 unexpected arguments: 'rolback', 'champion'.",
      hint: "did you mean rollback? registry alias --help"),
    Refusal(
      "list", "version", code: 64,
      error:
        "the value 'version' is invalid for '<subject>'. Please provide one of 'versions', 'runs', 'models', 'datasets' or 'experiments'.",
      hint: "did you mean versions? registry list --help"),
    Refusal("bogus", code: 64, error: "unexpected argument 'bogus'.", hint: "registry --help"),
    Refusal("--bogus", code: 64, error: "unknown option '--bogus'.", hint: "registry --help"),
    Refusal("--version", "3", code: 64, error: "unknown option '--version'."),
    Refusal("list", "--version", code: 64, error: "unknown option '--version'.", hint: "registry list --help"),
    Refusal(
      "list", "weights", code: 64,
      error:
        "the value 'weights' is invalid for '<subject>'. Please provide one of 'versions', 'runs', 'models', 'datasets' or 'experiments'."),
    Refusal(
      "list", "--format", "xml", code: 64,
      error: "the value 'xml' is invalid for '--format <format>'. Please provide one of 'table', 'json' or 'csv'."),
    Refusal("list", "--limit", "-1", code: 64, error: "'--limit -1': it has to be 0 or more."),
    Refusal("list", "--limit", "x", code: 64, error: "'--limit x': it has to be a number."),
    Refusal("list", "--offset", "-1", code: 64, error: "'--offset -1': it has to be 0 or more."),
    Refusal("show", code: 64, error: "show needs a version or a run.", hint: "registry show latest"),
    Refusal("show", "1", "--run", "1", code: 64, error: "a version and --run exclude each other."),
    Refusal("show", "1", "2", code: 64, error: "unexpected argument '2'."),
    Refusal("show", "--run", "x", code: 64, error: "'--run x': it has to be a number."),
    Refusal("train", "--seed", "--epochs", "3", code: 64, error: "'--seed' needs a value ('--epochs' is an option)."),
    Refusal(
      "import", "x.pt", "--activation", "rleu", code: 64,
      error:
        "the value 'rleu' is invalid for '--activation <activation>'. Please provide one of 'relu', 'tanh', 'sigmoid', 'leaky_relu', 'elu', 'gelu', 'silu', 'none'.",
      hint: "did you mean relu? registry import --help"),
    Refusal(
      "list", "--where", "created_at > '2026-11-28 23:00'", code: 64,
      error: "times are stored as 2026-03-01T12:00:00.000Z (UTC): '2026-11-28 23:00' would come before all of that day.",
      hint: "--where 'created_at > '\\''2026-11-28T23:00'\\'''"),
    Refusal("train", "--epochs=", code: 64, error: "'--epochs' needs a value."),
    Refusal(
      "train", "--epochs", "99999999999999999999", code: 64, error: "'--epochs 99999999999999999999': it has to be a smaller number."),
    Refusal("train", "--learning-rate", "fast", code: 64, error: "'--learning-rate fast': it has to be a number."),
    Refusal("export", "1", "-o", code: 64, error: "'-o' needs a value.", hint: "registry export --help"),
    Refusal("dataset", "export", "-o", code: 64, error: "unknown option '-o'.", hint: "registry dataset export --help"),
    Refusal("dataset", "export", code: 64, error: "missing expected argument '<name>'.", hint: "registry dataset export --help"),
    Refusal(
      "--db", "x.db", "list", "runs", code: 64, error: "'--db' must come after 'list'.",
      hint: "registry list runs --db x.db"),
    Refusal(
      "delete", "3-1", "--db", "a.db", "--db", "it's $(b).db", code: 64, error: "the range '3-1' counts down.",
      hint: "registry delete --db 'it'\\''s $(b).db' 1-3"),
    Refusal(
      "delete", "9223372036854775807-", code: 64, error: "the range '9223372036854775807-' has a number that is too large.",
      hint: "registry delete 1-9"),
    Refusal("--quiet", "train", code: 64, error: "'--quiet' must come after 'train'.", hint: "registry train --quiet"),
    Refusal(
      "dataset", "--db", "x.db", "show", "wine", code: 64, error: "'--db' must come after 'show'.",
      hint: "registry dataset show wine --db x.db"),
    Refusal("", code: 64, error: "unexpected argument ''.", hint: "registry --help", name: "no word"),
  ]

  private static let expressions: [Refusal] = {
    func clause(_ option: String, _ text: String, _ problem: String, hint: String? = nil) -> Refusal {
      Refusal("list", option, text, code: 64, error: "\(option): \(problem).", hint: hint, name: "\(option) \(text)")
    }
    return [
      clause("--where", "no_such_column = 1", "no such column: no_such_column"),
      clause("--where", "seed =", "'seed =' ends too early", hint: "registry list --help"),
      clause("--where", " ", "the expression is empty", hint: "registry list --where \"test_loss < 0.1\""),
      clause("--order-by", "", "the expression is empty", hint: "registry list --order-by test_loss"),
      clause("--where", "model = \"neural-net\"", "no such column: neural-net", hint: "texts stand in single quotes: 'neural-net'"),
      clause("--where", "\"it's\" = 1", "no such column: it's", hint: "texts stand in single quotes: 'it''s'"),
      clause(
        "--where", "avg(seed) > 1", "misuse of aggregate function avg(): an expression is about one row",
        hint: "registry sql \"SELECT avg(test_loss) FROM leaderboard\""),
      clause(
        "--where", "row_number() OVER () = 1", "misuse of window function row_number(): an expression is about one row",
        hint: "registry sql \"SELECT avg(test_loss) FROM leaderboard\""),
      clause(
        "--where", "predict(3, 1, 2) > 0.5", "'predict' is a function of registry sql, not of list", hint: "registry sql --help"),
      clause(
        "--where", "2 IN (SELECT y FROM samples('a', 'test'))", "'samples' is a function of registry sql, not of list",
        hint: "registry sql --help"),
      clause("--where", "lenght(model) > 1", "no such function: lenght", hint: "did you mean length?"),
      clause("--where", "params.seed = 1", "'seed' is a column, not a param", hint: "did you mean seed?"),
      clause("--where", "param.epochs = 1", "no such column: param.epochs", hint: "did you mean params.epochs?"),
      clause(
        "--where", "metric.x = 1", "no such column: metric.x",
        hint: "texts stand in single quotes; the columns are metrics.test_loss, metrics.test_loss_before, metrics.train_loss"),
      Refusal(
        "list", "models", "--where", "model = cancer", code: 64, error: "--where: no such column: cancer.",
        hint: "texts stand in single quotes; the columns are model, versions, latest, best_test_loss, aliases, note, created_at"),
      clause("--columns", "seed,SEED,run", "'seed' is asked for twice", hint: "--columns 'seed,run'"),
      clause("--where", "seed = 1 /*", "'seed = 1 /*' ends too early"),
      clause("--where", "seed = 1)", "near \")\": syntax error"),
      clause("--where", "\"test_lose\" < 1", "no such column: test_lose"),
      clause("--where", "length(randomblob(1e10)) > 1", "string or blob too big"),
      clause("--where", "1; DELETE FROM runs", "near \";\": syntax error"),
      clause("--where", "1); DELETE FROM runs; --", "near \")\": syntax error"),
      clause("--where", "load_extension('x')", "not authorized to use function: load_extension"),
      clause("--where", "abs(-9223372036854775808)", "integer overflow"),
      clause("--where", "json_extract(model, '$')", "malformed JSON"),
      clause("--order-by", "no_such_column", "no such column: no_such_column"),
      clause("--order-by", "seed; DROP TABLE runs", "near \";\": syntax error"),
      clause("--order-by", "seed LIMIT 1", "near \"LIMIT\": syntax error"),
      clause("--order-by", "seed,", "'seed,' ends too early"),
      clause("--columns", "seed,tset_loss", "no such column: tset_loss"),
      Refusal("list", "--columns", "seed,,run", code: 64, error: "'--columns seed,,run': a column has no name."),
      Refusal(
        "list", "--where", "params.momentm > 0", code: 64, error: "--where: no version has a param 'momentm'.",
        hint:
          "did you mean momentum? known: epochs, hidden_sizes, label_map, learning_rate, momentum, optimizer, standardize, task, weight_decay"
      ),
      Refusal("list", "models", "--where", "metrics.x > 0", code: 64, error: "--where: models have no metrics."),
    ]
  }()

  // MARK: predict

  private static let points: [Refusal] = [
    Refusal(
      "predict", "--vershun", "3", "-1", "1", code: 64, error: "unknown option '--vershun'. Did you mean '--version'?",
      hint: "registry predict --help"),
    Refusal("predict", "--version", "3", "-x", code: 64, error: "unknown option '-x'."),
    Refusal("predict", "--version", "3", "-1", code: 65, error: "the point has 1 value, the version takes 2 (x0, x1)."),
    Refusal("predict", "--version", "3", "1", "2", "3", code: 65, error: "the point has 3 values, the version takes 2 (x0, x1)."),
    Refusal("predict", "--version", "3", "--point", "1", code: 65, error: "the point has 1 value, the version takes 2 (x0, x1)."),
    Refusal("predict", "--point", "1,2", "--point", "1,2,3", code: 65, error: "the point has 3 values, the version takes 2 (x0, x1)."),
    Refusal("predict", "--version", "3", "-1", "x", code: 65, error: "'x' isn't a finite number, 'x1' needs one."),
    Refusal("predict", "--point", "1,", code: 65, error: "'' isn't a finite number, 'x1' needs one."),
    Refusal(
      "predict", "9007199254740993", "1", code: 65,
      error: "'9007199254740993' is an integer that float64 doesn't hold: 'x0' would get another number."),
    Refusal("predict", "--point", "0x10,1", code: 65, error: "'0x10' isn't a finite number, 'x0' needs one."),
    Refusal("predict", "--no-header", code: 64, error: "'--no-header' needs a CSV file.", hint: "registry predict --csv FILE"),
    Refusal("predict", "--unseen", "ignore", code: 64, error: "'--unseen ignore' needs a CSV file.", hint: "registry predict --csv FILE"),
    Refusal("evaluate", "--no-header", code: 64, error: "'--no-header' needs a CSV file."),
    Refusal("evaluate", "--unseen", "ignore", code: 64, error: "'--unseen ignore' needs a CSV file."),
    Refusal(
      "evaluate", "--csv", "a.csv", "--part", "train", code: 64,
      error: "'--csv a.csv' and '--part train' exclude each other: all rows are taken."),
    Refusal("dataset", "add", "--task", "regression", code: 64, error: "'--task regression' needs a CSV file."),
    Refusal(
      "dataset", "add", "a.csv", "--test-csv", "b.csv", "--target", "y", "--seed", "5", code: 64,
      error: "'--test-csv b.csv' and '--seed 5' exclude each other: the file is the split."),
    Refusal(
      "compare", "--run", "1", "2", "--model", "m", code: 64, error: "'--model m' is for versions: run 1 is named by its number alone."),
    Refusal("show", "--run", "1", "--model", "m", code: 64, error: "'--model m' is for versions: run 1 is named by its number alone."),
    Refusal("plot", "--run", "1", "--model", "m", code: 64, error: "'--model m' is for versions: run 1 is named by its number alone."),
    Refusal("plot", "1", "--force", code: 64, error: "'--force' needs a file to replace.", hint: "--output plot.svg --force"),
    Refusal(
      "delete", "--run", "7", "--model", "m", code: 64, error: "'--model m' is for versions: run 7 is named by its number alone."),
    Refusal("predict", "nan", "1", code: 65, error: "'nan' isn't a finite number, 'x0' needs one."),
    Refusal("predict", "-inf", "1", code: 65, error: "'-inf' isn't a finite number, 'x0' needs one."),
    Refusal("predict", "1", "1e400", code: 65, error: "'1e400' isn't a finite number, 'x1' needs one."),
    Refusal("predict", "-1", "1", "--point", "-1,1", code: 64, error: "a point and --point exclude each other."),
    Refusal("predict", "--point", "-1,1", "--csv", "x.csv", code: 64, error: "--point and --csv exclude each other."),
    Refusal("predict", "-1", "1", "--csv", "x.csv", code: 64, error: "a point and --csv exclude each other."),
    Refusal("predict", "--csv", "no.csv", code: 66, error: "'no.csv': no such file."),
  ]

  // MARK: what isn't there

  private static let missing: [Refusal] = [
    Refusal(
      "predict", "--version", "9", "-1", "1", code: 66, error: "no version 9 of 'neural-net' in registry.db (newest is 3).",
      hint: "registry list --db registry.db"),
    Refusal("show", "9", code: 66, error: "no version 9 of 'neural-net' in registry.db (newest is 3)."),
    Refusal("show", "neural-net/9", code: 66, error: "no version 9 of 'neural-net' in registry.db (newest is 3)."),
    Refusal(
      "show", "other/1", code: 66, error: "no model 'other' in registry.db (there is 'neural-net').",
      hint: "registry list models --db registry.db"),
    Refusal(
      "list", "--model", "nueral-net", code: 66, error: "no model 'nueral-net' in registry.db (there is 'neural-net').",
      hint: "did you mean 'neural-net'? registry list models --db registry.db"),
    Refusal(
      "evaluate", "--version", "1", "--dataset", "blobs-seed24", code: 66,
      error: "no dataset 'blobs-seed24' in registry.db (there is 'blobs-seed42', 'blobs-seed1', 'blobs-seed0').",
      hint: "did you mean 'blobs-seed42'? registry dataset list --db registry.db"),
    Refusal("predict", "--model", "other", code: 66, error: "no model 'other' in registry.db (there is 'neural-net')."),
    Refusal("show", "@champion", code: 66, error: "no alias 'champion' of 'neural-net' in registry.db (it has none)."),
    Refusal("predict", "--version", "neural-net@best", code: 66, error: "no alias 'best' of 'neural-net' in registry.db (it has none)."),
    Refusal("show", "--run", "9", code: 66, error: "no run 9 in registry.db (newest is 3).", hint: "registry list runs --db registry.db"),
    Refusal("show", "--run", "-1", code: 66, error: "no run -1 in registry.db (newest is 3)."),
    Refusal(
      "show", "three", code: 66, error: "no alias 'three' of 'neural-net' in registry.db (it has none).",
      hint: "registry alias list --db registry.db"),
    Refusal("show", "0", code: 64, error: "'0' names no version.", hint: "a version is named 3, name/3, champion, name@champion or latest"),
    Refusal("show", "neural-net/", code: 64, error: "'neural-net/' names no version."),
    Refusal("show", "neural-net@", code: 64, error: "'neural-net@' names no version."),
    Refusal("show", "99999999999999999999", code: 64, error: "'99999999999999999999' names no version."),
    Refusal("predict", "--version", "-1", code: 64, error: "'-1' names no version."),
    Refusal("show", "a/1", "--model", "b", code: 64, error: "'a/1' is of another model than '--model b'."),
  ]

  @Test("a command that makes no sense changes nothing", arguments: usage + expressions + points + missing)
  func refused(refusal: Refusal) throws { try refusal.check(in: Program(copying: Shared.tutorial().program)) }
}
