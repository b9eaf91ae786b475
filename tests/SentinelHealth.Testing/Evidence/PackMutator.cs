using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Testing.Evidence;

/// <summary>A pack with one thing wrong, and where.</summary>
/// <param name="Pack">The pack.</param>
/// <param name="Stage">The stage that was altered.</param>
/// <param name="What">What was done, for people.</param>
public sealed record MutatedPack(byte[] Pack, string Stage, string What);

/// <summary>Alters packs as an attacker would: bytes flipped, lines dropped, swapped, cut, put in; with the lists of digests left or put right.</summary>
public sealed class PackMutator(int seed)
{
    private static readonly string[] Deeds = ["flip", "drop", "swap", "truncate", "insert"];
    private static readonly string[] Kept = ["manifest.json", "SHA256SUMS", "signature.json"];
    private static readonly string[] Chained = ["event", "versions", "score", "policy", "approvals", "receipt"];

    private readonly Random _random = new(seed);

    /// <summary>One mutation of a pack; null when this throw of the dice would not change anything.</summary>
    public MutatedPack? Next(byte[] pack)
    {
        var files = Read(pack);
        var names = files.Where(file => file.Value.Length > 0).Select(file => file.Key).Order(StringComparer.Ordinal).ToList();
        var name = names[_random.Next(names.Count)];
        var deed = Deeds[_random.Next(Deeds.Length)];
        var before = files[name];
        var after = Alter(before, deed);
        if (after is null || after.AsSpan().SequenceEqual(before))
            return null;
        files[name] = after;
        var stage = name.Split('/', '.')[0];
        // Only what is proven by the log itself can be told from its place when the lists were put right as well.
        var isCovered = _random.Next(2) == 0 && Chained.Contains(stage);
        if (isCovered)
            PutRight(files, name);
        return new MutatedPack(StoredZip.Write(files), Kept.Contains(name) ? "pack" : stage, $"{deed} in {name}{(isCovered ? ", lists put right" : "")}");
    }

    /// <summary>One byte of the file itself, wherever it lies.</summary>
    public byte[] FlipAnywhere(byte[] pack)
    {
        var altered = (byte[])pack.Clone();
        altered[_random.Next(altered.Length)] ^= (byte)(1 << _random.Next(8));
        return altered;
    }

    public static Dictionary<string, byte[]> Read(byte[] pack)
    {
        using var zip = new ZipArchive(new MemoryStream(pack), ZipArchiveMode.Read);
        return zip.Entries.ToDictionary(entry => entry.FullName, Content, StringComparer.Ordinal);
    }

    public static byte[] Write(Dictionary<string, byte[]> files) => StoredZip.Write(files);

    private static byte[] Content(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    private byte[]? Alter(byte[] content, string deed)
    {
        var lines = Encoding.UTF8.GetString(content).TrimEnd('\n').Split('\n').ToList();
        var (one, other) = (_random.Next(lines.Count), _random.Next(lines.Count));
        switch (deed)
        {
            case "flip":
                var flipped = (byte[])content.Clone();
                flipped[_random.Next(flipped.Length)] ^= (byte)(1 << _random.Next(8));
                return flipped;
            case "truncate":
                return content[..^_random.Next(1, content.Length + 1)];
            case "drop":
                lines.RemoveAt(one);
                break;
            case "swap":
                (lines[one], lines[other]) = (lines[other], lines[one]);
                break;
            case "insert":
                lines.Insert(other, _random.Next(2) == 0 ? lines[one] : "{}");
                break;
        }
        return lines.Count == 0 ? [] : Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
    }

    /// <summary>What an attacker without the key can do: the manifest and the sums say the altered file is right.</summary>
    private static void PutRight(Dictionary<string, byte[]> files, string name)
    {
        var manifest = JsonNode.Parse(files["manifest.json"])!;
        var listed = manifest["files"]!.AsArray().First(file => file!["path"]!.GetValue<string>() == name)!;
        listed["sha256"] = Convert.ToHexStringLower(SHA256.HashData(files[name]));
        listed["size"] = files[name].Length;
        files["manifest.json"] = CanonicalJson.Of(manifest, JsonSerializerOptions.Default);
        var sums = files.Where(file => file.Key is not ("SHA256SUMS" or "signature.json")).OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(file.Value))}  {file.Key}\n");
        files["SHA256SUMS"] = Encoding.ASCII.GetBytes(string.Concat(sums));
    }
}
