using System.Text.RegularExpressions;

namespace SentinelHealth.Architecture.Tests;

/// <summary>The verifier proves something only while it shares no code with what wrote the evidence.</summary>
public sealed class VerifierIndependenceTests
{
    [Fact]
    public void The_verifier_uses_nothing_of_the_product_but_itself()
    {
        var other = new Regex(@"\bSentinelHealth\.(?!Response\.Verification\b)|\b(CanonicalJson|MerkleHash|MerkleProofs|MerkleRange|RecordCodec|StoredZip)\b");

        Findings.None(
            Findings.InLines(
                Repository.CSharp.Where(file => file.Path.StartsWith("src/Response/Verification/", StringComparison.Ordinal)),
                line => other.IsMatch(line)),
            "The verifier must not use code of the writer.");
    }
}
