using System.Security.Cryptography;
using System.Text;

namespace SentinelHealth.Response.Verification;

/// <summary>
/// Checks an evidence pack as a stranger would: offline, without a database, and sharing no code with what wrote it. Says which link of
/// the chain is broken: event, versions, score, policy, approvals, receipt, anchor.
/// </summary>
/// <remarks>O(bytes). Never throws for a pack, whatever is in it. The format is in docs/evidence.md.</remarks>
public static class PackVerifier
{
    private const string Sums = "SHA256SUMS", Manifest = "manifest.json", Signature = "signature.json";

    /// <summary>The order in which a broken link is named; the first one counts.</summary>
    private static readonly string[] Order =
        ["event", "versions", "score", "policy", "approvals", "receipt", "anchor", "custody", "report", "pack"];

    /// <summary>Longest pack that is read.</summary>
    public static long BytesMax => StrictZip.BytesMax;

    /// <summary>Checks a pack.</summary>
    /// <param name="pack">The .zip.</param>
    /// <param name="trust">What it is held to.</param>
    public static PackVerdict Verify(ReadOnlyMemory<byte> pack, PackTrust trust)
    {
        ArgumentNullException.ThrowIfNull(trust);
        if (pack.Length > BytesMax)
            return new PackVerdict { Problems = [new("pack", "The pack is longer than a gigabyte.")] };
        var (files, container) = StrictZip.Read(pack);
        var problems = new List<PackProblem>();
        var altered = Digests(files, problems);
        var chain = new ChainCheck(files, problems, altered, trust);
        chain.Run();
        // What is wrong inside says more than that the container's checksum noticed it.
        if (container is not null)
            problems.Add(new("pack", container));
        CheckSignature(files, chain.Keys, problems);
        return chain.Verdict() with
        {
            Problems = [.. problems.Distinct().OrderBy(problem => Array.IndexOf(Order, problem.Stage))],
        };
    }

    /// <summary>The stage that a file belongs to.</summary>
    private static string StageOf(string path)
    {
        var stage = path.Split('/', '.')[0];
        return Order.Contains(stage) ? stage : "pack";
    }

    /// <summary>Holds every file against the two lists of digests. Where the lists differ, the list is what was altered, not the file.</summary>
    /// <returns>Files that are not what they were.</returns>
    private static HashSet<string> Digests(
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, List<PackProblem> problems)
    {
        var altered = new HashSet<string>(StringComparer.Ordinal);
        var manifest = ListOf(files, Manifest, problems, static (bytes, _) => StrictJson.Read(bytes).ItemsOf("files")
            .Select(file => (file.TextOf("path"), file.TextOf("sha256"), file.NumberOf("size"))));
        var sums = ListOf(files, Sums, problems, static (bytes, files) => Lines(bytes)
            .Select(line => (line[66..], line[..64], (long)files.GetValueOrDefault(line[66..]).Length)));
        if (files.TryGetValue(Manifest, out var list)
            && sums.GetValueOrDefault(Manifest).Hash != Convert.ToHexStringLower(SHA256.HashData(list.Span)))
            problems.Add(new("pack", $"{Sums} does not say what {Manifest} is."));
        var names = files.Keys.Where(name => name is not (Manifest or Sums or Signature)).Union(manifest.Keys)
            .Union(sums.Keys.Where(name => name != Manifest));
        foreach (var name in names)
        {
            var isThere = files.TryGetValue(name, out var content);
            var actual = isThere ? (Convert.ToHexStringLower(SHA256.HashData(content.Span)), content.Length) : ("", 0L);
            var isInManifest = manifest.TryGetValue(name, out var listed) && listed == actual;
            var isInSums = sums.TryGetValue(name, out var summed) && summed.Hash == actual.Item1;
            if (isThere && isInManifest && isInSums)
                continue;
            if (isThere && (isInManifest || isInSums))
            {
                problems.Add(new("pack", $"{(isInManifest ? Sums : Manifest)} does not say what {name} is."));
                continue;
            }
            if (!isThere && !(manifest.ContainsKey(name) && sums.ContainsKey(name)))
            {
                problems.Add(new("pack", $"One of the lists of files names {name}, which is not there."));
                continue;
            }
            altered.Add(name);
            problems.Add(new(StageOf(name), isThere ? $"{name} is not what was packed." : $"{name} is missing."));
        }
        return altered;
    }

    private static Dictionary<string, (string Hash, long Size)> ListOf(
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, string name, List<PackProblem> problems,
        Func<ReadOnlyMemory<byte>, IReadOnlyDictionary<string, ReadOnlyMemory<byte>>, IEnumerable<(string, string, long)>> read)
    {
        var list = new Dictionary<string, (string, long)>(StringComparer.Ordinal);
        if (!files.TryGetValue(name, out var bytes))
        {
            problems.Add(new("pack", $"{name} is missing."));
            return list;
        }
        try
        {
            foreach (var (path, hash, size) in read(bytes, files))
                list[path] = (hash, size);
        }
        catch (VerificationException fault)
        {
            problems.Add(new("pack", $"{name}: {fault.Message}"));
        }
        return list;
    }

    private static IEnumerable<string> Lines(ReadOnlyMemory<byte> bytes)
    {
        var text = Encoding.Latin1.GetString(bytes.Span);
        if (!text.EndsWith('\n'))
            throw new VerificationException("The last line has no end.");
        var last = "";
        foreach (var line in text[..^1].Split('\n'))
        {
            if (line.Length < 67 || line[64..66] != "  ")
                throw new VerificationException("A line is not a digest and a name.");
            if (string.CompareOrdinal(last, line[66..]) >= 0)
                throw new VerificationException("A line is there twice or out of order.");
            last = line[66..];
            yield return line;
        }
    }

    private static void CheckSignature(
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, KeyRing? keys, List<PackProblem> problems)
    {
        if (!files.TryGetValue(Manifest, out var manifest) || !files.TryGetValue(Signature, out var signature))
        {
            problems.Add(new("pack", "The pack is not signed."));
            return;
        }
        try
        {
            var message = "sentinel-pack-v1\n" + Convert.ToHexStringLower(SHA256.HashData(manifest.Span));
            // Keys that cannot be read were told as a problem of the anchor already.
            if (keys is not null && !keys.Verify(StrictJson.Read(signature), Encoding.ASCII.GetBytes(message)))
                problems.Add(new("pack", "The pack's signature is not by a key of its log."));
        }
        catch (VerificationException fault)
        {
            problems.Add(new("pack", $"{Signature}: {fault.Message}"));
        }
    }
}
