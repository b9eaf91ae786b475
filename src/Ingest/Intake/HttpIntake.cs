using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Intake;

/// <summary>Takes the events of one HTTP request in: lines of JSON, one array, or one object, told apart by content.</summary>
/// <remarks>
/// Streaming: a request holds one batch and one record in memory, whatever its length. It answers when everything it counts is
/// durable. A media type that says NDJSON forces reading line by line; otherwise an array is known by its bracket, and a body that
/// is one JSON value as a whole is one record even if it spans lines. Safe for any number of threads.
/// </remarks>
public sealed class HttpIntake
{
    private readonly IIntake _intake;
    private readonly HttpIntakeOptions _options;
    private readonly TimeProvider _clock;

    /// <summary>An intake for requests.</summary>
    /// <param name="intake">Where the records go.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="clock">Goes into the request identifiers, so that they sort by time.</param>
    /// <exception cref="ValidationException">An option is out of its range.</exception>
    public HttpIntake(IIntake intake, HttpIntakeOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(intake);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        _intake = intake;
        _options = options;
        _clock = clock;
    }

    /// <summary>Reads a body to its end and answers when its records are durable.</summary>
    /// <param name="body">The body, decompressed; read asynchronously, not disposed of.</param>
    /// <param name="contentType">The media type as sent; null when none was.</param>
    /// <param name="source">The source's configured name, from the credentials of the sender and never from the request.</param>
    /// <param name="cancel">Stops reading. What was already durable stays so.</param>
    /// <exception cref="IOException">The sender went away, or the disk failed. The sender may repeat the whole request.</exception>
    public async Task<HttpIntakeResult> AcceptAsync(
        Stream body, string? contentType, string source, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentException.ThrowIfNullOrEmpty(source);
        await using var bounded = new RequestBody(body, _options.BodyBytesMax);
        var head = await bounded.PeekAsync(_options.Records.LineBytesMax, cancel);
        if (head.Span.StartsWith("\uFEFF"u8))
            head = bounded.Skip("\uFEFF"u8.Length);
        var isWhole = head.Length < _options.Records.LineBytesMax && !bounded.IsTooLarge;
        var requestId = Guid.CreateVersion7(_clock.GetUtcNow()).ToString("N");
        var records = new RequestRecords(_intake, _options, source, requestId);
        switch (ShapeOf(head.Span, isWhole, contentType))
        {
            case Shape.Nothing:
                return records.Result(HttpIntakeOutcome.MalformedEnvelope, "The body holds no records.");
            case Shape.One:
                await records.AddAsync(new NdjsonLine(1, head.Trim(" \t\r\n"u8), null), cancel);
                break;
            case Shape.Array:
                if (await ReadArrayAsync(bounded, records, cancel) is { } broken)
                    return broken;
                break;
            default:
                await ReadLinesAsync(bounded, records, cancel);
                break;
        }
        await records.FlushAsync(cancel);
        return bounded.IsTooLarge
            ? records.Result(HttpIntakeOutcome.TooLarge, $"The body is longer than {_options.BodyBytesMax} bytes.")
            : records.Result(HttpIntakeOutcome.Complete, null);
    }

    private enum Shape
    {
        Nothing,
        Lines,
        Array,
        One,
    }

    private static Shape ShapeOf(ReadOnlySpan<byte> head, bool isWhole, string? contentType)
    {
        var start = head.TrimStart(" \t\r\n"u8);
        if (start.IsEmpty && isWhole)
            return Shape.Nothing;
        if (SaysLines(contentType))
            return Shape.Lines;
        if (start.StartsWith("["u8))
            return Shape.Array;
        return isWhole && IsOneValue(start) ? Shape.One : Shape.Lines;
    }

    private static bool SaysLines(string? contentType) =>
        contentType is not null && (contentType.Contains("ndjson", StringComparison.OrdinalIgnoreCase)
            || contentType.Contains("jsonl", StringComparison.OrdinalIgnoreCase)
            || contentType.Contains("json-lines", StringComparison.OrdinalIgnoreCase));

    private static bool IsOneValue(ReadOnlySpan<byte> text)
    {
        // Deeper nesting than the decoder will ever take still makes one value: it is to be refused as one record.
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = text.Length + 1 });
        try
        {
            while (reader.Read())
                continue;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private async Task ReadLinesAsync(RequestBody body, RequestRecords records, CancellationToken cancel)
    {
        using var reader = new NdjsonReader(body, _options.Records);
        while (await reader.ReadAsync(cancel))
            await records.AddAsync(reader.Current, cancel);
        // The last line of a body that was too long is only the part of it that was read.
        if (!body.IsTooLarge && reader.TryTakeRest())
            await records.AddAsync(reader.Current, cancel);
    }

    /// <summary>The result when the array is broken; null when it was read to its end, or to the bound of the body.</summary>
    private async Task<HttpIntakeResult?> ReadArrayAsync(RequestBody body, RequestRecords records, CancellationToken cancel)
    {
        using var reader = new JsonArrayReader(body, _options.Records);
        while (await reader.ReadAsync(cancel))
            await records.AddAsync(reader.Current, cancel);
        if (!reader.IsBroken || body.IsTooLarge)
            return null;
        if (reader.HasRemainder)
            await records.AddBrokenAsync(reader.Current, cancel);
        await records.FlushAsync(cancel);
        return records.Result(HttpIntakeOutcome.MalformedEnvelope, "The array is broken; the rest of it is in the dead letters.");
    }
}
