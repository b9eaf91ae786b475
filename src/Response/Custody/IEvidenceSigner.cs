using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Custody;

/// <summary>A public key of an evidence log, and the signature of the key before it that says so.</summary>
/// <param name="Id">First 16 bytes of SHA-256 over the public key, hex.</param>
/// <param name="Algorithm">Its algorithm's name.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo, base64.</param>
/// <param name="Introduced">The earlier key's signature over <c>sentinel-key-v1</c>, a line feed and this key's identifier; null for the first.</param>
public sealed record EvidenceKey(string Id, string Algorithm, string PublicKey, EvidenceSignature? Introduced);

/// <summary>Signs tree heads and packs. Two implementations: a key in a file, and a signer elsewhere.</summary>
public interface IEvidenceSigner
{
    /// <summary>Every key so far, the first one first, the one in use last.</summary>
    IReadOnlyList<EvidenceKey> Keys { get; }

    /// <summary>Signs with the key in use.</summary>
    /// <exception cref="IOException">The signer cannot be reached.</exception>
    EvidenceSignature Sign(byte[] message);
}
