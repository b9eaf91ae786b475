using System.Text.Json;

namespace SentinelHealth.Response.Search;

/// <summary>The engine cannot be reached, or has too much to do. The same may succeed later.</summary>
public sealed class SearchUnavailableException : IOException
{
    /// <summary>Creates it.</summary>
    /// <param name="message">What happened; holds no address with credentials and no document.</param>
    /// <param name="retryAfter">How long the engine asked to be left alone; null when it did not say.</param>
    /// <param name="inner">The cause.</param>
    public SearchUnavailableException(string message, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner) => RetryAfter = retryAfter;

    /// <summary>How long the engine asked to be left alone; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; }
}

/// <summary>The engine understood and said no. The same will not succeed before somebody changes something.</summary>
public sealed class SearchRefusedException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">What the engine said, clipped.</param>
    public SearchRefusedException(int status, string message)
        : base(message) => Status = status;

    /// <summary>The HTTP status.</summary>
    public int Status { get; }
}

/// <summary>What an engine says is wrong, made fit for people and logs.</summary>
internal static class SearchError
{
    private const int CharactersMax = 300;

    // From here on the engine quotes the document.
    private const string Quotation = "Preview of field's value";

    /// <summary>The status as a sentence, with type and reason when the body names them.</summary>
    public static string Of(SearchReply reply)
    {
        var told = TypeAndReason(reply.Body.Span);
        return told.Length == 0 ? $"The engine answered {reply.Status}." : $"The engine answered {reply.Status}: {told}";
    }

    /// <summary>Type of the error of a body; empty when it names none.</summary>
    public static string TypeOf(ReadOnlySpan<byte> body)
    {
        using var read = Read(body);
        return read is not null && ErrorOf(read.RootElement) is { } error ? Text(error, "type") : "";
    }

    /// <summary>An error object as type and reason.</summary>
    public static string Of(JsonElement error) => error.ValueKind == JsonValueKind.String
        ? Clip(error.GetString()!)
        : Clip($"{Text(error, "type")}: {Text(error, "reason")}{(error.TryGetProperty("caused_by", out var cause) && cause.ValueKind == JsonValueKind.Object ? $" ({Text(cause, "reason")})" : "")}");

    private static string TypeAndReason(ReadOnlySpan<byte> body)
    {
        using var read = Read(body);
        if (read is null || read.RootElement.ValueKind != JsonValueKind.Object || !read.RootElement.TryGetProperty("error", out var error))
            return "";
        return error.ValueKind is JsonValueKind.Object or JsonValueKind.String ? Of(error) : "";
    }

    private static JsonElement? ErrorOf(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
            ? error : null;

    private static JsonDocument? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body.ToArray());
        }
        catch (JsonException)
        {
            // A proxy's page: the status has to do.
            return null;
        }
    }

    private static string Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string Clip(string text)
    {
        var quoted = text.IndexOf(Quotation, StringComparison.OrdinalIgnoreCase);
        var own = quoted < 0 ? text : text[..quoted].TrimEnd();
        var clipped = own.Length <= CharactersMax ? own : own[..CharactersMax] + "…";
        return new string([.. clipped.Select(letter => char.IsControl(letter) ? ' ' : letter)]);
    }
}
