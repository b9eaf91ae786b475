using System.Text.Json;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>Names of algorithms in the records of events: in arguments, DID documents, credentials and signatures, at any depth.</summary>
internal static class AlgorithmNames
{
    private const int NamesMax = 16;

    /// <summary>What the members end in that name an algorithm; searched in the bytes before anything is read.</summary>
    private static readonly byte[][] Marks =
        ["lgorithm\""u8.ToArray(), "\"alg\""u8.ToArray(), "eyType\""u8.ToArray(), "\"crv\""u8.ToArray(), "roofType\""u8.ToArray(),
            "\"cipherSuite\""u8.ToArray(), "\"tlsVersion\""u8.ToArray(), "\"verificationMethod\""u8.ToArray()];

    private static readonly HashSet<string> Members = new(StringComparer.Ordinal)
    {
        "algorithm", "alg", "keyType", "crv", "proofType", "cipherSuite", "tlsVersion", "signatureAlgorithm", "hashAlgorithm",
            "keyAlgorithm",
    };

    public static bool MayBeIn(ReadOnlySpan<byte> record)
    {
        foreach (var mark in Marks)
        {
            if (record.IndexOf(mark) >= 0)
                return true;
        }
        return false;
    }

    /// <summary>The different names, in the order in which they stand, at most sixteen. What is no JSON has none.</summary>
    public static IReadOnlyList<string> In(ReadOnlySpan<byte> record)
    {
        var names = new List<string>();
        var reader = new Utf8JsonReader(record);
        var (isMethod, methodDepth) = (false, 0);
        try
        {
            while (names.Count < NamesMax && reader.Read())
            {
                if (isMethod && reader.CurrentDepth <= methodDepth
                    && reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
                    isMethod = false;
                if (reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                var member = reader.GetString()!;
                if (member == "verificationMethod")
                    (isMethod, methodDepth) = (true, reader.CurrentDepth);
                // In a verification method of a DID document, the type names the suite.
                var isNamed = Members.Contains(member) || (isMethod && member == "type");
                if (isNamed && reader.Read() && reader.TokenType == JsonTokenType.String
                    && reader.GetString() is { Length: > 0 } name
                    && !names.Contains(name))
                    names.Add(name);
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The intake has taken the record; what of it cannot be read here names no algorithm.
            return names;
        }
        return names;
    }

    /// <summary>In what an act uses an algorithm, as people read it.</summary>
    public static string PlaceOf(string act) => act switch
    {
        "IdentityRegistry.createDid" or "IdentityRegistry.rotateKey" or "IdentityRegistry.addDelegate" =>
            "Keys of decentralized identities",
        "IdentityRegistry.issueCredential" or "IdentityRegistry.revokeCredential" => "Credentials",
        "ProofVerifier.verifyProof" => "Zero-knowledge proofs",
        "AccessRegistry.decryptKey" => "Keys of encrypted records",
        "RecordAnchor.anchorRecord" => "Hashes of records",
        "ModelRegistry.submitUpdate" or "ModelRegistry.publishModel" => "Signatures of model updates",
        "" => "Other records",
        _ => act,
    };
}
