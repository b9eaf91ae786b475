using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SentinelHealth.Detection.Federation;

/// <summary>
/// A contribution as it travels: one line of JSON with the contribution, one with its digest and signature. What is signed are
/// the very bytes of the first line, so that nobody has to agree on how JSON is written.
/// </summary>
/// <remarks>ECDSA with SHA-256; the key's curve is the site's choice. At most <see cref="BytesMax"/>.</remarks>
public sealed class SignedContribution
{
    /// <summary>Longest file that is read.</summary>
    public const int BytesMax = 8 << 20;

    private const string Algorithm = "ECDSA-SHA256";

    private readonly byte[] _payload;
    private readonly byte[] _signature;

    private SignedContribution(byte[] payload, byte[] signature)
    {
        (_payload, _signature) = (payload, signature);
        Contribution = ContributionJson.Read(payload);
        Digest = DigestOf(payload);
    }

    /// <summary>What it says.</summary>
    public Contribution Contribution { get; }

    /// <summary>SHA-256 of what was signed, as it is registered on the ledger: <c>sha256:</c> and 64 hexadecimal digits.</summary>
    public string Digest { get; }

    /// <summary>Signs a contribution with the site's private key.</summary>
    public static SignedContribution Sign(Contribution contribution, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var payload = ContributionJson.Write(contribution);
        return new SignedContribution(payload, key.SignData(payload, HashAlgorithmName.SHA256));
    }

    /// <summary>Whether the holder of a key signed this.</summary>
    public bool IsSignedBy(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.VerifyData(_payload, _signature, HashAlgorithmName.SHA256);
    }

    /// <summary>Reads a file. Who signed it is not checked yet.</summary>
    /// <exception cref="ContributionException">It is too long, is no contribution, or its digest does not fit it.</exception>
    public static SignedContribution Read(ReadOnlySpan<byte> file)
    {
        if (file.Length > BytesMax)
            throw new ContributionException($"The file is longer than {BytesMax} bytes.");
        var cut = file.IndexOf((byte)'\n');
        if (cut < 0)
            throw new ContributionException("The line with the signature is missing.");
        try
        {
            using var seal = JsonDocument.Parse(file[(cut + 1)..].ToArray(), new JsonDocumentOptions { MaxDepth = 4 });
            var root = seal.RootElement;
            if (root.GetProperty("algorithm").GetString() != Algorithm)
                throw new ContributionException($"Line 2: The algorithm is not {Algorithm}.");
            var read = new SignedContribution(file[..cut].ToArray(), root.GetProperty("signature").GetBytesFromBase64());
            return read.Digest == root.GetProperty("digest").GetString()
                ? read
                : throw new ContributionException("Line 2: The digest is not that of line 1: the contribution was altered.");
        }
        catch (Exception fault) when (
            fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ContributionException($"The contribution cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>The file.</summary>
    public byte[] ToBytes()
    {
        var seal = JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["algorithm"] = Algorithm,
            ["digest"] = Digest,
            ["signature"] = Convert.ToBase64String(_signature),
        });
        return [.. _payload, (byte)'\n', .. Encoding.UTF8.GetBytes(seal), (byte)'\n'];
    }

    private static string DigestOf(byte[] payload) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(payload));
}
