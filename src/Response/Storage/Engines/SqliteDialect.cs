namespace SentinelHealth.Response.Storage.Engines;

/// <summary>SQLite's words.</summary>
internal sealed class SqliteDialect : StoreDialect
{
    public override string CountTables => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = @name";

    public override string? VersionBefore => "PRAGMA user_version";

    public override string? MarkBefore(int version) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"PRAGMA user_version = {version}");

    public override string Refusals(StoreGuard guard)
    {
        var (table, newest) = (guard.Table, guard.NewestKept);
        var stays = $"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{guard.OnChange}'); END;";
        var condition = newest is { } kept ? $"WHEN old.number > (SELECT max(number) FROM {table}) - {kept} " : "";
        return guard.OnRemoval is { } message
            ? $"{stays} CREATE TRIGGER {table}_is_kept BEFORE DELETE ON {table} {condition}BEGIN SELECT RAISE(ABORT, '{message}'); END;" : stays;
    }

    public override string Tables(string statements) => statements;

    public override string? ContinueNumbers(string table, string column) => null;

    public override string Contains(string text, string part) => $"instr({text}, {part}) > 0";

    public override string Fits(string text, string pattern) => $"{text} GLOB {pattern}";

    /// <summary>The letters GLOB has a meaning for are taken by themselves.</summary>
    public override string Pattern(IReadOnlyList<string> pieces) => string.Join('*', pieces.Select(
        piece => string.Concat(piece.Select(letter => letter is '*' or '?' or '[' ? $"[{letter}]" : letter.ToString()))));

    public override string JsonText(string document, string path) => $"json_extract({document}, '$.{path}')";

    public override string JsonNumber(string document, string path) => JsonText(document, path);

    public override string JsonFlag(string document, string path) => JsonText(document, path);

    public override string JsonPart(string document, string path) => $"{document} -> '$.{path}'";

    public override string JsonItems(string document, string path) => $"json_each({document}, '$.{path}')";

    public override string JsonTexts(string document, string path) => JsonItems(document, path);
}
