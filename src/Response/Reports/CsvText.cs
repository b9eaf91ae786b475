using System.Text;

namespace SentinelHealth.Response.Reports;

/// <summary>Writes CSV (RFC 4180) that no spreadsheet takes for formulas.</summary>
public static class CsvText
{
    /// <summary>Appends one row; every cell is quoted, and one that begins like a formula begins with an apostrophe instead.</summary>
    public static void Row(StringBuilder text, IReadOnlyList<string> cells)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(cells);
        text.AppendJoin(',', cells.Select(Cell)).Append("\r\n");
    }

    private static string Cell(string value)
    {
        var first = value.TrimStart(' ');
        var isFormula = first.Length > 0 && first[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '\uFF1D' or '\uFF0B'
            or '\uFF0D' or '\uFF20';
        return $"\"{(isFormula ? "'" : "")}{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
