using System.Buffers;
using System.Text.Json;

namespace SentinelHealth.Response.Search;

/// <summary>A document on its way to the engine.</summary>
/// <param name="Id">Its identifier.</param>
/// <param name="Document">Its JSON, on one line.</param>
internal sealed record BulkItem(string Id, ReadOnlyMemory<byte> Document)
{
    /// <summary>
    /// Null for what is made once and never changes, as data streams want it; else the number of the change: a later one stays when an
    /// earlier one comes after it.
    /// </summary>
    public long? Version { get; init; }
}

/// <summary>What the engine did with one document.</summary>
internal enum BulkFate
{
    /// <summary>It is indexed.</summary>
    Indexed,

    /// <summary>It, or a later version, was there already.</summary>
    AlreadyThere,

    /// <summary>The engine has too much to do, or may not write now: the same may succeed later.</summary>
    Later,

    /// <summary>What it should be written to does not exist.</summary>
    Homeless,

    /// <summary>The engine will never take it.</summary>
    Refused,
}

/// <summary>What became of one document.</summary>
/// <param name="Fate">What the engine did.</param>
/// <param name="Reason">Why; empty when it took it.</param>
internal readonly record struct BulkResult(BulkFate Fate, string Reason);

/// <summary>Bulk requests and their answers. Pure.</summary>
internal static class Bulk
{
    /// <summary>Only what is read of an answer is asked for.</summary>
    public const string Path = "/_bulk?filter_path=errors,items.*.status,items.*.error";

    /// <summary>Cuts items into batches within both bounds; a document beyond the bytes is a batch of its own.</summary>
    public static IEnumerable<IReadOnlyList<BulkItem>> Cut(IReadOnlyList<BulkItem> items, int documentsMax, int bytesMax)
    {
        var (batch, bytes) = (new List<BulkItem>(), 0L);
        foreach (var item in items)
        {
            if (batch.Count > 0 && (batch.Count >= documentsMax || bytes + item.Document.Length > bytesMax))
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }
            batch.Add(item);
            bytes += item.Document.Length;
        }
        if (batch.Count > 0)
            yield return batch;
    }

    /// <summary>The request for a batch: two lines a document, each ended by a newline, the last one too.</summary>
    public static SearchRequest Of(string index, IReadOnlyList<BulkItem> batch)
    {
        var body = new ArrayBufferWriter<byte>(batch.Sum(item => item.Document.Length + 128));
        foreach (var item in batch)
        {
            using (var action = new Utf8JsonWriter(body))
                WriteAction(action, index, item);
            body.Write("\n"u8);
            body.Write(item.Document.Span);
            body.Write("\n"u8);
        }
        return new SearchRequest(HttpMethod.Post, Path, body.WrittenMemory) { ContentType = SearchRequest.Ndjson };
    }

    /// <summary>What became of each document of a batch, in its order.</summary>
    /// <exception cref="SearchRefusedException">The answer is none, or not to this batch.</exception>
    public static IReadOnlyList<BulkResult> Read(SearchReply reply, int count)
    {
        try
        {
            using var answer = JsonDocument.Parse(reply.Body);
            var results = answer.RootElement.GetProperty("items").EnumerateArray()
                .Select(item => ResultOf(item.EnumerateObject().First().Value)).ToList();
            return results.Count == count ? results
                : throw new SearchRefusedException(reply.Status, $"The engine answered for {results.Count} of {count} documents.");
        }
        catch (Exception fault)
            when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new SearchRefusedException(reply.Status, "The engine's answer to a bulk request cannot be read.");
        }
    }

    private static void WriteAction(Utf8JsonWriter action, string index, BulkItem item)
    {
        action.WriteStartObject();
        action.WriteStartObject(item.Version is null ? "create" : "index");
        action.WriteString("_index", index);
        action.WriteString("_id", item.Id);
        if (item.Version is { } version)
        {
            action.WriteNumber("version", version);
            action.WriteString("version_type", "external");
            // Else a document for an alias that somebody deleted would make an index of its name.
            action.WriteBoolean("require_alias", true);
        }
        action.WriteEndObject();
        action.WriteEndObject();
    }

    private static BulkResult ResultOf(JsonElement item)
    {
        var status = item.GetProperty("status").GetInt32();
        var reason = item.TryGetProperty("error", out var error) ? SearchError.Of(error) : $"status {status}";
        return status switch
        {
            >= 200 and < 300 => new BulkResult(BulkFate.Indexed, ""),
            409 => new BulkResult(BulkFate.AlreadyThere, ""),
            404 => new BulkResult(BulkFate.Homeless, reason),
            400 or 413 or 422 => new BulkResult(BulkFate.Refused, reason),
            // Too many requests, a read-only block, a right that is missing, a fault of a shard: none is the document's.
            _ => new BulkResult(BulkFate.Later, reason),
        };
    }
}
