using System.Data.Common;
using System.Text.RegularExpressions;

namespace SentinelHealth.Response.Storage.Engines;

/// <summary>Carries every row of a store into an empty one of the same version, whatever the engines.</summary>
internal static partial class StoreCopy
{
    /// <summary>Columns that number new rows.</summary>
    private static readonly string[] Numbers = ["number", "rowid"];

    public static void Run(string tables, StoreSession from, StoreSession to)
    {
        // In the order they are made: what refers to another table comes after it.
        foreach (Match made in Made().Matches(tables))
        {
            var table = made.Groups["table"].Value;
            if (table != "version")
                Rows(table, ColumnsOf(from, table, made.Value), made.Value, (from, to));
        }
    }

    /// <summary>The tables, without the one that holds the version.</summary>
    public static IEnumerable<string> TablesOf(string tables) =>
        Made().Matches(tables).Select(made => made.Groups["table"].Value).Where(table => table != "version");

    private static void Rows(string table, List<string> columns, string definition, (StoreSession From, StoreSession To) way)
    {
        var (from, to) = way;
        to.Execute($"DELETE FROM {table}");
        var names = string.Join(", ", columns.Select(column => $"\"{column}\""));
        var values = string.Join(", ", columns.Select((_, i) => $"@c{i}"));
        using var select = from.Statement($"SELECT {names} FROM {table}");
        using var row = select.ExecuteReader();
        to.PostEach(
            $"INSERT INTO {table} ({names}) VALUES ({values})", Read(row),
            [.. columns.Select((_, i) => ($"@c{i}", (Func<object[], object>)(read => read[i])))]);
        to.Send();
        foreach (var number in Numbers.Where(columns.Contains))
        {
            if (to.Dialect.ContinueNumbers(table, number) is { } statement && IsNumbered(table, number, definition))
            {
                using var command = to.Statement(statement);
                command.ExecuteScalar();
            }
        }
    }

    /// <summary>Places of the evidence log are numbered by its counter, and items of a job by the job.</summary>
    private static bool IsNumbered(string table, string column, string definition) =>
        column == "rowid" || definition.Contains("AUTOINCREMENT", StringComparison.Ordinal)
        || table is "action_step" or "mode_change" or "standing_change" or "incident_change";

    private static IEnumerable<object[]> Read(DbDataReader row)
    {
        while (row.Read())
        {
            var values = new object[row.FieldCount];
            row.GetValues(values);
            yield return values;
        }
    }

    private static List<string> ColumnsOf(StoreSession from, string table, string definition)
    {
        using var select = from.Statement($"SELECT * FROM {table} LIMIT 0");
        using var row = select.ExecuteReader();
        var columns = Enumerable.Range(0, row.FieldCount).Select(row.GetName).Where(column => column != "rowid").ToList();
        if (definition.Contains("rowid*/", StringComparison.Ordinal))
            columns.Add("rowid");
        return columns;
    }

    [GeneratedRegex(@"CREATE TABLE (?<table>\w+) \([^;]*;", RegexOptions.Singleline)]
    private static partial Regex Made();
}
