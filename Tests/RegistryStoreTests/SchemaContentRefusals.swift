/// Contents 1 are sealed and tensor 7 needs them, contents 2 are sealed and nothing needs them, contents 3 have their first piece.
let contentsInPieces = """
  INSERT INTO contents DEFAULT VALUES;
  INSERT INTO content_pieces (content_id, position, data) VALUES (1, 0, x'0011'), (1, 1, x'22');
  UPDATE contents SET digest = printf('%064x', 1), byte_count = 3;
  INSERT INTO contents DEFAULT VALUES;
  INSERT INTO content_pieces (content_id, position, data) VALUES (2, 0, x'33');
  UPDATE contents SET digest = printf('%064x', 2), byte_count = 1 WHERE id = 2;
  INSERT INTO contents DEFAULT VALUES;
  INSERT INTO content_pieces (content_id, position, data) VALUES (3, 0, x'44');
  INSERT INTO tensors (digest, dtype, shape, data, content_id) VALUES (printf('%064x', 70), 'U8', '[3]', x'', 1);
  """

private func refusal(_ name: String, _ sql: String, says: String) -> SchemaRefusal {
  SchemaRefusal(name, setup: contentsInPieces, sql, says: says)
}

private func piece(_ values: String) -> String { "INTO content_pieces (content_id, position, data) VALUES (\(values))" }

/// What contents and their pieces refuse: they grow at their end, are sealed once, and never change while something needs them.
let refusedOfContents: [SchemaRefusal] = [
  refusal(
    "seal contents as they begin", "INSERT INTO contents (digest, byte_count) VALUES (printf('%064x', 9), 0)", says: "once their pieces"),
  refusal("replace contents by id", "REPLACE INTO contents (id) VALUES (1)", says: "stored contents never change"),
  refusal("replace contents that are being written", "REPLACE INTO contents (id) VALUES (3)", says: "stored contents never change"),
  refusal("seal with another size", "UPDATE contents SET digest = printf('%064x', 3), byte_count = 2 WHERE id = 3", says: "another size"),
  refusal("seal without a size", "UPDATE contents SET digest = printf('%064x', 3) WHERE id = 3", says: "a digest and a size"),
  refusal(
    "seal by a digest that is there", "UPDATE OR REPLACE contents SET digest = printf('%064x', 2), byte_count = 1 WHERE id = 3",
    says: "stored already"),
  refusal("give sealed contents another digest", "UPDATE contents SET digest = printf('%064x', 3) WHERE id = 2", says: "never change"),
  refusal("give sealed contents another size", "UPDATE contents SET byte_count = 2 WHERE id = 2", says: "never change"),
  refusal("move contents by their rowid", "UPDATE OR REPLACE contents SET rowid = 1 WHERE id = 2", says: "never change"),
  refusal("unseal contents of a tensor", "UPDATE contents SET digest = NULL, byte_count = NULL WHERE id = 1", says: "a tensor needs these"),
  refusal("delete contents of a tensor", "DELETE FROM contents WHERE id = 1", says: "a tensor needs these contents"),
  refusal("append to sealed contents", "INSERT \(piece("2, 1, x'55'"))", says: "or they are sealed"),
  refusal("append to no contents", "INSERT \(piece("9, 0, x'55'"))", says: "no such contents"),
  refusal("leave out a piece", "INSERT \(piece("3, 2, x'55'"))", says: "pieces come in order"),
  refusal("replace a piece by position", "REPLACE \(piece("3, 0, x'55'"))", says: "pieces come in order"),
  refusal(
    "replace a piece by id", "REPLACE INTO content_pieces (id, content_id, position, data) VALUES (1, 3, 1, x'55')",
    says: "a stored piece never changes"),
  refusal("add an empty piece", "INSERT \(piece("3, 1, x''"))", says: "length(data) > 0"),
  refusal("update a piece", "UPDATE content_pieces SET data = x'99' WHERE id = 1", says: "a stored piece never changes"),
  refusal("move a piece to other contents", "UPDATE OR REPLACE content_pieces SET content_id = 3", says: "a stored piece never changes"),
  refusal("delete a piece of sealed contents", "DELETE FROM content_pieces WHERE content_id = 2", says: "go with them, as a whole"),
  refusal(
    "store a tensor of contents that aren't sealed",
    "INSERT INTO tensors (digest, dtype, shape, data, content_id) VALUES (printf('%064x', 71), 'U8', '[1]', x'', 3)", says: "not sealed"),
  refusal(
    "store a tensor of no contents",
    "INSERT INTO tensors (digest, dtype, shape, data, content_id) VALUES (printf('%064x', 71), 'U8', '[1]', x'', 9)",
    says: "there are no such contents"),
  refusal(
    "store a tensor with contents and data",
    "INSERT INTO tensors (digest, dtype, shape, data, content_id) VALUES (printf('%064x', 71), 'U8', '[1]', x'33', 2)",
    says: "no data of its own"),
  refusal("give a tensor contents", "UPDATE tensors SET content_id = 2, data = x'' WHERE id = 6", says: "a stored tensor never changes"),
]
