using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SentinelHealth.Response.Evidence;

/// <summary>Something to be entered, before it has a number.</summary>
/// <param name="Kind">One of <see cref="EvidenceKind"/>.</param>
/// <param name="Key">What it is about: an identifier of its kind.</param>
/// <param name="At">When it happened, by the monitor's clock.</param>
/// <param name="Body">Canonical JSON of it; at most <see cref="BodyBytesMax"/>.</param>
public sealed record EvidenceDraft(string Kind, string Key, DateTimeOffset At, ReadOnlyMemory<byte> Body)
{
    /// <summary>Longest body.</summary>
    public const int BodyBytesMax = 4 * 1024 * 1024;

    /// <summary>The incident it belongs to; empty for none.</summary>
    public string IncidentId { get; init; } = "";

    /// <summary>The person whose data the body holds: it is stored under that person's key. Empty for nobody's.</summary>
    public string Subject { get; init; } = "";
}

/// <summary>One leaf of the evidence log: what it commits to, never the thing itself.</summary>
/// <param name="Number">Its place, from 0.</param>
/// <param name="Kind">One of <see cref="EvidenceKind"/>.</param>
/// <param name="Key">What it is about.</param>
/// <param name="IncidentId">The incident it belongs to; empty for none.</param>
/// <param name="At">When it happened.</param>
/// <param name="Commitment">SHA-256 over salt and body: it says nothing once the salt is gone.</param>
public sealed record EvidenceEntry(
    long Number, string Kind, string Key, string IncidentId, DateTimeOffset At, ReadOnlyMemory<byte> Commitment)
{
    /// <summary>Bytes of a salt.</summary>
    public const int SaltBytes = 32;

    /// <summary>How instants are written: UTC, seven digits, so that nothing is lost.</summary>
    internal const string InstantFormat = "yyyy-MM-ddTHH:mm:ss.fffffffZ";

    /// <summary>What a body is committed to with.</summary>
    public static byte[] Commit(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(salt);
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    /// <summary>The leaf: canonical JSON (RFC 8785). O(bytes).</summary>
    public byte[] ToLeaf()
    {
        var text = new StringBuilder(256);
        text.Append("{\"at\":\"").Append(At.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture));
        text.Append("\",\"commitment\":\"").Append(Convert.ToHexStringLower(Commitment.Span)).Append("\",\"incident\":");
        CanonicalJson.WriteString(text, IncidentId);
        text.Append(",\"key\":");
        CanonicalJson.WriteString(text, Key);
        text.Append(",\"kind\":");
        CanonicalJson.WriteString(text, Kind);
        text.Append(",\"number\":").Append(CultureInfo.InvariantCulture, $"{Number}").Append('}');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reads a leaf.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static EvidenceEntry FromLeaf(ReadOnlyMemory<byte> leaf)
    {
        using var document = JsonDocument.Parse(leaf);
        var root = document.RootElement;
        try
        {
            return new EvidenceEntry(
                root.GetProperty("number").GetInt64(), Text(root, "kind"), Text(root, "key"), Text(root, "incident"),
                DateTimeOffset.Parse(Text(root, "at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                Convert.FromHexString(Text(root, "commitment")));
        }
        catch (Exception fault) when (fault is KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new JsonException("This is not a leaf of the evidence log.", fault);
        }
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
