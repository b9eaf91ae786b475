namespace SentinelHealth.Response.Queries;

/// <summary>Writes parts of queries.</summary>
public static class QueryText
{
    /// <summary>A text as a phrase, in which nothing means anything but itself.</summary>
    public static string Quoted(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>A field that has this value; empty for an empty value.</summary>
    public static string Is(string field, string value) => string.IsNullOrEmpty(value) ? "" : $"{field}: {Quoted(value)}";
}
