using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SentinelHealth.Dashboard.Security;

/// <summary>Time-based one-time passwords (RFC 6238) as every authenticator has them: SHA-1, six digits, thirty seconds.</summary>
internal static class Totp
{
    public const int Digits = 6;

    private const int SecretBytes = 20;
    private const int Modulus = 1_000_000;
    private const long PeriodSeconds = 30;
    // One period on either side: clocks of telephones, and people who type slowly.
    private const int StepsAround = 1;

    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>The period an instant lies in.</summary>
    public static long StepOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / PeriodSeconds;

    /// <summary>The code of a period.</summary>
    public static string CodeOf(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350 // What authenticators have; SHA-1 as a keyed code over half a minute is not broken.
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var offset = hash[^1] & 0x0F;
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[offset..]) & int.MaxValue;
        return (number % Modulus).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>The period, near an instant and after the last one used, whose code this is; null when it is none.</summary>
    /// <remarks>Every period is compared, each in constant time.</remarks>
    public static long? Match(ReadOnlySpan<byte> secret, string? code, DateTimeOffset at, long lastStep)
    {
        var given = new string([.. (code ?? "").Take(32).Where(letter => !char.IsWhiteSpace(letter))]);
        long? found = null;
        for (var step = StepOf(at) - StepsAround; step <= StepOf(at) + StepsAround; step++)
        {
            var isSame = CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(CodeOf(secret, step)), Encoding.UTF8.GetBytes(given));
            if (isSame && step > lastStep)
                found ??= step;
        }
        return found;
    }

    /// <summary>What an authenticator reads from the picture.</summary>
    public static string AddressOf(ReadOnlySpan<byte> secret, string account) =>
        $"otpauth://totp/SentinelHealth:{Uri.EscapeDataString(account)}?secret={Base32(secret)}&issuer=SentinelHealth";

    /// <summary>RFC 4648, without padding: what people type when they cannot scan.</summary>
    public static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder((bytes.Length * 8 + 4) / 5);
        var (bits, count) = (0, 0);
        foreach (var value in bytes)
        {
            bits = (bits << 8 | value) & 0xFFFF;
            for (count += 8; count >= 5; count -= 5)
                text.Append(Letters[bits >> (count - 5) & 31]);
        }
        if (count > 0)
            text.Append(Letters[bits << (5 - count) & 31]);
        return text.ToString();
    }
}
