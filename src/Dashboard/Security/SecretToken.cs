using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SentinelHealth.Dashboard.Security;

/// <summary>A random secret that is shown once; only its hash is kept.</summary>
/// <remarks>
/// 256 random bits cannot be guessed offline, so one round of SHA-256 is enough; passwords, which can, go through PBKDF2.
/// Looking a secret up by its hash also keeps its comparison free of timing differences that help a guesser.
/// </remarks>
internal static class SecretToken
{
    private const int SecretBytes = 32;
    private const int TextCharactersMax = 128;

    /// <summary>A new secret with a prefix by which scanners of leaked secrets can recognize it.</summary>
    public static string New(string prefix) => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>What is stored; null for a text that cannot be a secret of ours.</summary>
    public static string? HashOf(string? secret) =>
        string.IsNullOrEmpty(secret) || secret.Length > TextCharactersMax
            ? null
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
