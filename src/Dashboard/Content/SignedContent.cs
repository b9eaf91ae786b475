using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Dashboard.Content;

/// <summary>What a bundle of rules, playbooks, regimes or controls holds, and its version.</summary>
/// <param name="Kind">What it is, such as <c>rules</c>.</param>
/// <param name="Version">Grows with each bundle of the kind.</param>
/// <param name="Files">SHA-256 of every file by its path below the folder, in ordinal order.</param>
internal sealed record ContentManifest(string Kind, long Version, SortedDictionary<string, string> Files)
{
    /// <summary>Canonical JSON: what is signed.</summary>
    public byte[] ToBytes() => CanonicalJson.Of(this, AlertJson.Options);

    /// <summary>What is anchored: version and digest, under a name of its own.</summary>
    [JsonIgnore]
    public EvidenceAnchor Anchor => new(
        "0x" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("sentinel-content-v1\n" + Kind))), Version,
        "0x" + Convert.ToHexStringLower(SHA256.HashData(ToBytes())));
}

/// <summary>The signature under a bundle, with the key that made it.</summary>
internal sealed record ContentSignature(string PublicKey, EvidenceSignature Signature);

/// <summary>
/// Signs folders of content and holds them against their signature: every file must be listed and as listed, nothing may be there that is
/// not, and the key must be one that is trusted.
/// </summary>
internal static class SignedContent
{
    public const string ManifestFile = "content.json", SignatureFile = "content.sig.json";

    private const int FilesMax = 20_000;
    private const long FileBytesMax = 16L * 1024 * 1024;

    /// <summary>Signs everything below a folder.</summary>
    public static ContentManifest Sign(string folder, string kind, long version, IEvidenceSigner signer)
    {
        var manifest = new ContentManifest(kind, version, Digests(folder));
        var key = signer.Keys[^1];
        var signature = new ContentSignature(key.PublicKey, signer.Sign(MessageOf(manifest)));
        File.WriteAllBytes(Path.Combine(folder, ManifestFile), manifest.ToBytes());
        File.WriteAllBytes(Path.Combine(folder, SignatureFile), CanonicalJson.Of(signature, AlertJson.Options));
        return manifest;
    }

    /// <summary>Holds a folder against its signature.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="kind">What it must be: rules are no playbooks.</param>
    /// <param name="trusted">Identifiers of the keys that are trusted.</param>
    /// <returns>The manifest, or what is wrong as a sentence.</returns>
    public static (ContentManifest? Manifest, string Problem) Check(string folder, string kind,
        IReadOnlyCollection<string> trusted)
    {
        try
        {
            var bytes = File.ReadAllBytes(Path.Combine(folder, ManifestFile));
            var manifest = JsonSerializer.Deserialize<ContentManifest>(bytes, AlertJson.Options);
            var signed = JsonSerializer.Deserialize<ContentSignature>(
                File.ReadAllBytes(Path.Combine(folder, SignatureFile)), AlertJson.Options);
            if (manifest is not { Kind.Length: > 0, Files: not null }
                || signed is not { PublicKey: not null, Signature: not null })
                return (null, $"{folder}: The manifest or its signature is empty.");
            return ProblemOf(folder, kind, manifest, signed, trusted) is { } problem ? (null, problem) : (manifest, "");
        }
        catch (FileNotFoundException)
        {
            return (null, $"{folder}: It is not signed.");
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException or FormatException
            or CryptographicException or NotSupportedException)
        {
            return (null, $"{folder}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>The identifier of a public key, as evidence logs name keys.</summary>
    public static string KeyIdOf(byte[] publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 16));

    private static string? ProblemOf(
        string folder, string kind, ContentManifest manifest, ContentSignature signed, IReadOnlyCollection<string> trusted)
    {
        var publicKey = Convert.FromBase64String(signed.PublicKey);
        if (!trusted.Contains(KeyIdOf(publicKey)))
            return $"{folder}: It is signed with the key {KeyIdOf(publicKey)}, which is not trusted.";
        var value = Convert.FromBase64String(signed.Signature.Value);
        if (!SigningAlgorithm.Of(signed.Signature.Algorithm).Verify(publicKey, MessageOf(manifest), value))
            return $"{folder}: The signature is not of this manifest.";
        if (manifest.Kind != kind)
            return $"{folder}: It is signed as {manifest.Kind}, not as {kind}.";
        var found = Digests(folder);
        var wrong = manifest.Files.FirstOrDefault(file => found.GetValueOrDefault(file.Key) != file.Value).Key
            ?? found.Keys.FirstOrDefault(file => !manifest.Files.ContainsKey(file));
        return wrong is null ? null : $"{folder}: {wrong} is not what was signed.";
    }

    private static byte[] MessageOf(ContentManifest manifest) =>
        Encoding.UTF8.GetBytes("sentinel-content-v1\n" + Convert.ToHexStringLower(SHA256.HashData(manifest.ToBytes())));

    private static SortedDictionary<string, string> Digests(string folder)
    {
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            if (name is ManifestFile or SignatureFile)
                continue;
            if (digests.Count == FilesMax || new FileInfo(path).Length > FileBytesMax)
                throw new IOException($"{name}: There are too many files, or this one is too long.");
            digests[name] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
        }
        return digests;
    }
}
