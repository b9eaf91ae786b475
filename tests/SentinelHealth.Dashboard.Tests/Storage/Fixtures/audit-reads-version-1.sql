CREATE TABLE reads (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, reader TEXT NOT NULL, query TEXT NOT NULL,
    found INTEGER NOT NULL, patients TEXT NOT NULL) STRICT;
INSERT INTO "reads" VALUES(1,1790000000000,'ann','?patient=p-1',2,'["p-1","p-2"]');
INSERT INTO "reads" VALUES(2,1790000000001,'bo','?patient=p-3',1,'["p-3"]');
CREATE TRIGGER reads_stay BEFORE UPDATE ON reads BEGIN
    SELECT RAISE(ABORT, 'The trail of readings is not changed.');
END;
CREATE TRIGGER reads_are_kept BEFORE DELETE ON reads
    WHEN old.number > (SELECT max(number) FROM reads) - 5000000 BEGIN
    SELECT RAISE(ABORT, 'The trail of readings is not shortened.');
END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('reads',2);
PRAGMA user_version = 0;
