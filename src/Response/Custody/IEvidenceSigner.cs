using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Custody;

/// <summary>A public key of an evidence log, and the signature of a key before it that says so.</summary>
/// <param name="Id">First 16 bytes of SHA-256 over the public key, hex.</param>
/// <param name="Algorithm">Its algorithm's name.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo, base64.</param>
/// <param name="Introduced">The earlier key's signature over <c>sentinel-key-v1</c>, a line feed and this key's identifier; null for the first.</param>
public sealed record EvidenceKey(string Id, string Algorithm, string PublicKey, EvidenceSignature? Introduced);

/// <summary>Signs tree heads and packs. With a key in a file, one process's or each process's own.</summary>
public interface IEvidenceSigner
{
    /// <summary>Every key of the log so far, the first one, which names the log, first.</summary>
    IReadOnlyList<EvidenceKey> Keys { get; }

    /// <summary>Signs with the key in use, which is one of them.</summary>
    /// <exception cref="IOException">The signer cannot be reached.</exception>
    EvidenceSignature Sign(byte[] message);
}
