-- Migration 2: bytes of any size, in pieces.  SQLite ends a row at 1 GB; what is large stands here, and is read and written through a window.
--
-- Whoever writes contents makes a row without a digest, appends the pieces in order, in as many transactions as he likes, and seals it by
-- its digest.  Nothing refers to contents before they are sealed; what is sealed never changes, unless nothing needs it: then gc unseals
-- it before it takes the pieces away.

CREATE TABLE contents (
  -- Bytes of any size; equal ones are stored once.
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- never given twice: whose contents gc has removed can't append to another's
  digest TEXT UNIQUE, -- of the bytes; NULL until all pieces are here
  byte_count INTEGER CHECK (byte_count >= 0),
  CONSTRAINT "a digest is 64 lower-case hex digits" CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
  CONSTRAINT "sealed contents have a digest and a size" CHECK ((digest IS NULL) = (byte_count IS NULL))
) STRICT;

CREATE TABLE content_pieces (
  -- The bytes of contents, cut in pieces.
  id INTEGER PRIMARY KEY CHECK (id > 0),
  content_id INTEGER NOT NULL REFERENCES contents ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0), -- 0, 1, 2, …
  data BLOB NOT NULL CHECK (length(data) > 0),
  UNIQUE (content_id, position)
) STRICT;

-- A tensor in pieces has its bytes there, and none in its own row.
ALTER TABLE tensors ADD COLUMN content_id INTEGER REFERENCES contents ON DELETE RESTRICT
  CONSTRAINT "a tensor in pieces has no data of its own" CHECK (content_id IS NULL OR length(data) = 0);
CREATE INDEX tensors_by_content ON tensors (content_id);

CREATE TRIGGER tensors_insert_content BEFORE INSERT ON tensors
WHEN NEW.content_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM contents WHERE id = NEW.content_id AND digest IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, 'there are no such contents, or they are not sealed');
END;

CREATE TRIGGER contents_insert BEFORE INSERT ON contents
BEGIN
  SELECT RAISE(ABORT, 'contents are sealed once their pieces are here') WHERE NEW.digest IS NOT NULL;
  SELECT RAISE(ABORT, 'stored contents never change') FROM contents WHERE id = NEW.id;
END;

CREATE TRIGGER contents_update BEFORE UPDATE ON contents
BEGIN
  SELECT RAISE(ABORT, 'stored contents never change')
  WHERE NEW.id <> OLD.id OR NEW.digest <> OLD.digest OR NEW.byte_count <> OLD.byte_count;
  SELECT RAISE(ABORT, 'a tensor needs these contents') FROM tensors WHERE content_id = OLD.id AND NEW.digest IS NULL;
  SELECT RAISE(ABORT, 'these contents are stored already') FROM contents WHERE digest = NEW.digest AND id <> OLD.id;
  SELECT RAISE(ABORT, 'the pieces have another size')
  WHERE NEW.byte_count <> (SELECT coalesce(sum(length(data)), 0) FROM content_pieces WHERE content_id = OLD.id);
END;

CREATE TRIGGER contents_delete BEFORE DELETE ON contents
BEGIN
  SELECT RAISE(ABORT, 'a tensor needs these contents') FROM tensors WHERE content_id = OLD.id;
END;

CREATE TRIGGER contents_deleted AFTER DELETE ON contents
BEGIN
  DELETE FROM content_pieces WHERE content_id = OLD.id;
END;

CREATE TRIGGER content_pieces_insert BEFORE INSERT ON content_pieces
BEGIN
  SELECT RAISE(ABORT, 'there are no such contents, or they are sealed')
  WHERE NOT EXISTS (SELECT 1 FROM contents WHERE id = NEW.content_id AND digest IS NULL);
  SELECT RAISE(ABORT, 'pieces come in order')
  WHERE NEW.position <> (SELECT coalesce(max(position) + 1, 0) FROM content_pieces WHERE content_id = NEW.content_id);
  SELECT RAISE(ABORT, 'a stored piece never changes') FROM content_pieces WHERE id = NEW.id;
END;

CREATE TRIGGER content_pieces_update BEFORE UPDATE ON content_pieces
BEGIN
  SELECT RAISE(ABORT, 'a stored piece never changes');
END;

CREATE TRIGGER content_pieces_delete BEFORE DELETE ON content_pieces
WHEN EXISTS (SELECT 1 FROM contents WHERE id = OLD.content_id AND digest IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, 'the pieces of sealed contents go with them, as a whole');
END;

DROP VIEW state_dict;
CREATE VIEW state_dict (model, version, position, name, dtype, shape, data, version_id, tensor_id, byte_count, pieces) AS
  -- A tensor of a live version per row: data is little-endian, row-major; NULL for a tensor in pieces, which are in content_pieces.
SELECT m.name, v.version, e.position, e.name, t.dtype, t.shape, iif(t.content_id IS NULL, t.data, NULL), v.id, t.id,
  coalesce((SELECT byte_count FROM contents WHERE id = t.content_id), length(t.data)),
  (SELECT count(*) FROM content_pieces WHERE content_id = t.content_id)
FROM models AS m
JOIN model_versions AS v ON v.model_id = m.id
JOIN version_tensors AS e ON e.version_id = v.id
JOIN tensors AS t ON t.id = e.tensor_id
WHERE v.deleted_at IS NULL;
