using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SentinelHealth.Response.Verification;

/// <summary>What a check of a whole log found.</summary>
/// <param name="Entries">Entries read.</param>
/// <param name="SignedEntries">Entries below the newest signed head.</param>
/// <param name="AnchoredEntries">Entries below the newest anchor.</param>
/// <param name="Problem">What is wrong, as a sentence; empty when nothing is.</param>
public sealed record LogVerdict(long Entries, long SignedEntries, long AnchoredEntries, string Problem);

/// <summary>
/// Checks an evidence log from its first entry (I4), also while it is written, sharing no code with its writer: every leaf is hashed, and
/// the root is compared with each signed and anchored head on the way.
/// </summary>
/// <remarks>O(bytes), one pass. Memory does not grow with the log.</remarks>
public static class LogVerifier
{
    private const int HeaderBytes = 12, LeafBytesMax = 1 << 20, PayloadBytesMax = 1 << 23;

    /// <summary>Checks the log in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="progress">Told how many entries have been read, now and then; null for nobody.</param>
    /// <exception cref="IOException">A file of it cannot be read.</exception>
    public static LogVerdict Verify(string folder, IProgress<long>? progress)
    {
        // Heads first: what is signed after this moment is not asked for.
        var heads = new Queue<(long Size, string Root)>();
        try
        {
            foreach (var head in HeadsOf(folder).OrderBy(head => head.Size))
                heads.Enqueue(head);
        }
        catch (Exception fault) when (
            fault is VerificationException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return new LogVerdict(0, 0, 0, $"The heads of the log cannot be trusted: {fault.Message}");
        }
        var (signed, anchored) = (heads.Count == 0 ? 0 : heads.Max(head => head.Size), AnchoredOf(folder));
        var peaks = new List<(byte[] Hash, long Leaves)>();
        var count = 0L;
        foreach (var leaf in LeavesOf(folder))
        {
            Push(peaks, TreeCheck.Leaf(leaf.Span));
            count++;
            if (count % 65_536 == 0)
                progress?.Report(count);
            while (heads.TryPeek(out var head) && head.Size == count)
            {
                heads.Dequeue();
                if ("0x" + Convert.ToHexStringLower(RootOf(peaks)) != head.Root)
                    return new LogVerdict(count, signed, anchored, $"The first {count} entries are not those that were signed.");
            }
        }
        return new LogVerdict(
            count, signed, anchored, heads.Count > 0 ? $"The log ends at entry {count}, and {signed} were signed." : "");
    }

    private static IEnumerable<(long Size, string Root)> HeadsOf(string folder)
    {
        var keysFile = Path.Combine(folder, "keys.json");
        if (!File.Exists(keysFile))
            yield break;
        using var keys = JsonDocument.Parse(File.ReadAllText(keysFile));
        var ring = keys.RootElement.EnumerateArray().ToDictionary(
            key => key.GetProperty("id").GetString()!,
            key => (key.GetProperty("algorithm").GetString()!, key.GetProperty("publicKey").GetBytesFromBase64()));
        var headFile = Path.Combine(folder, "head.json");
        if (File.Exists(headFile))
            yield return HeadOf(File.ReadAllText(headFile), ring, isAnchored: false);
        foreach (var line in AnchorsOf(folder))
            yield return HeadOf(line, ring, isAnchored: true);
    }

    private static (long Size, string Root) HeadOf(
        string json, Dictionary<string, (string Algorithm, byte[] Key)> ring, bool isAnchored)
    {
        using var document = JsonDocument.Parse(json);
        var signed = isAnchored ? document.RootElement.GetProperty("head") : document.RootElement;
        var (head, signature) = (signed.GetProperty("head"), signed.GetProperty("signature"));
        var (size, root) = (head.GetProperty("size").GetInt64(), head.GetProperty("root").GetString()!);
        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"sentinel-tree-head-v1\n{{\"at\":\"{head.GetProperty("at").GetDateTimeOffset().UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffffZ}\",\"log\":\"{head.GetProperty("log").GetString()}\",\"root\":\"{root}\",\"size\":{size}}}");
        return ring.TryGetValue(signature.GetProperty("keyId").GetString()!, out var key)
            && KeyRing.Verify(key.Algorithm, key.Key, Encoding.UTF8.GetBytes(message), signature.GetProperty("value").GetBytesFromBase64())
            ? (size, root)
            : throw new VerificationException($"The head of {size} entries is not signed by the log's keys.");
    }

    private static long AnchoredOf(string folder) => AnchorsOf(folder).Select(line =>
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty("head").GetProperty("head").GetProperty("size").GetInt64();
    }).DefaultIfEmpty().Max();

    private static string[] AnchorsOf(string folder)
    {
        var file = Path.Combine(folder, "anchors.ndjson");
        if (!File.Exists(file))
            return [];
        var text = File.ReadAllText(file);
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Every whole record in order. It ends at the first that is not whole: a head above it then has nothing to agree with.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> LeavesOf(string folder)
    {
        for (var number = 0; ; number++)
        {
            var file = Path.Combine(folder, number.ToString("D8", CultureInfo.InvariantCulture) + ".segment");
            if (!File.Exists(file))
                yield break;
            using var segment = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 20);
            while (Next(segment) is { } leaf)
                yield return leaf;
            if (segment.Position != segment.Length)
                yield break;
        }
    }

    private static ReadOnlyMemory<byte>? Next(FileStream segment)
    {
        var start = segment.Position;
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (segment.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes)
        {
            var leaf = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
            var payload = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
            if (leaf is > 0 and <= LeafBytesMax && payload is >= 0 and <= PayloadBytesMax)
            {
                var record = new byte[8 + leaf + payload];
                header[4..].CopyTo(record);
                if (segment.ReadAtLeast(record.AsSpan(8), leaf + payload, throwOnEndOfStream: false) == leaf + payload
                    && Castagnoli(record) == BinaryPrimitives.ReadUInt32LittleEndian(header))
                    return record.AsMemory(8, leaf);
            }
        }
        // Back to where it began: not a whole record, or the end.
        segment.Position = start;
        return null;
    }

    private static uint Castagnoli(byte[] bytes)
    {
        var crc = ~0u;
        var at = 0;
        for (; at + 8 <= bytes.Length; at += 8)
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)));
        for (; at < bytes.Length; at++)
            crc = BitOperations.Crc32C(crc, bytes[at]);
        return ~crc;
    }

    private static void Push(List<(byte[] Hash, long Leaves)> peaks, byte[] hash)
    {
        var leaves = 1L;
        while (peaks.Count > 0 && peaks[^1].Leaves == leaves)
        {
            hash = TreeCheck.Node(peaks[^1].Hash, hash);
            leaves *= 2;
            peaks.RemoveAt(peaks.Count - 1);
        }
        peaks.Add((hash, leaves));
    }

    private static byte[] RootOf(List<(byte[] Hash, long Leaves)> peaks)
    {
        var root = peaks[^1].Hash;
        for (var i = peaks.Count - 2; i >= 0; i--)
            root = TreeCheck.Node(peaks[i].Hash, root);
        return root;
    }
}
