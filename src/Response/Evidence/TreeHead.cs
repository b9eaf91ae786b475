using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace SentinelHealth.Response.Evidence;

/// <summary>How large the log was at a moment, and its root: what is signed and anchored.</summary>
/// <param name="Log">Which log: the identifier of its first key.</param>
/// <param name="Size">Entries.</param>
/// <param name="Root">Root of the Merkle tree, 0x-hex of 32 bytes.</param>
/// <param name="At">When it was signed.</param>
public sealed record TreeHead(string Log, long Size, string Root, DateTimeOffset At)
{
    /// <summary>What is signed: a line that says what it is, then canonical JSON.</summary>
    public byte[] ToMessage()
    {
        var at = At.UtcDateTime.ToString(EvidenceEntry.InstantFormat, CultureInfo.InvariantCulture);
        var text = new StringBuilder("sentinel-tree-head-v1\n{\"at\":\"").Append(at).Append("\",\"log\":");
        CanonicalJson.WriteString(text, Log);
        text.Append(",\"root\":");
        CanonicalJson.WriteString(text, Root);
        return Encoding.UTF8.GetBytes(text.Append(CultureInfo.InvariantCulture, $",\"size\":{Size}}}").ToString());
    }
}

/// <summary>A signature with everything that is needed to check it but the trust in its key.</summary>
/// <param name="Algorithm">Its name in the registry, such as <c>ecdsa-p256-sha256</c>.</param>
/// <param name="KeyId">The key: the first 16 bytes of SHA-256 over its public part, hex.</param>
/// <param name="Value">The signature, base64.</param>
public sealed record EvidenceSignature(string Algorithm, string KeyId, string Value);

/// <summary>A tree head and its signature.</summary>
/// <param name="Head">What is signed.</param>
/// <param name="Signature">By whom.</param>
public sealed record SignedTreeHead(TreeHead Head, EvidenceSignature Signature)
{
    /// <summary>Entries of the log at that moment.</summary>
    [JsonIgnore]
    public long Size => Head.Size;
}
