using System.Security.Cryptography;
using System.Text;

namespace SentinelHealth.Detection.Correlation;

/// <summary>Identifiers derived from content, so that a replay gives the same ones (I5).</summary>
internal static class ContentId
{
    /// <summary>A prefix and 16 hex digits of the SHA-256 over the parts.</summary>
    public static string Of(string prefix, params ReadOnlySpan<string> parts)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts!)));
        return prefix + Convert.ToHexStringLower(digest.AsSpan(0, 8));
    }
}
